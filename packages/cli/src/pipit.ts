#!/usr/bin/env node
// What older versions of Node cannot load is imported behind the check, so that they can say what they lack.
const NEEDED = 24;

if (Number(process.versions.node.split(".")[0]) < NEEDED) {
  console.error(
    `got Node ${process.versions.node}, expected Node ${NEEDED} or newer. Call \`npx pipit\`, which finds the one that npm installed.`,
  );
  process.exitCode = 1;
} else {
  // Started by `bin/pipit.mjs`: when that was killed, nobody is left who could end this one.
  process.channel?.unref();
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
  const { runPipit } = await import("./run-pipit.ts");
  process.exitCode = await runPipit(process.argv.slice(2));
}
