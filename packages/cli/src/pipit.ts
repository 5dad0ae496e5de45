#!/usr/bin/env node
// Older versions of Node cannot load the rest, so it is imported after the check, and they can print the requirement.
const NEEDED = 24;

if (Number(process.versions.node.split(".")[0]) < NEEDED) {
  console.error(
    `got Node ${process.versions.node}, expected Node ${NEEDED} or newer. Call \`npx pipit\`, which finds the one that npm installed.`,
  );
  process.exitCode = 1;
} else {
  // `bin/pipit.mjs` started this process, which must end if that one is killed.
  process.channel?.unref();
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
  const { runPipit } = await import("./run-pipit.ts");
  process.exitCode = await runPipit(process.argv.slice(2));
}
