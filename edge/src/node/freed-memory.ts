/**
 * Settings of glibc's allocator, which reads them as a process starts. Without them it keeps freed blocks for later, up to 32 MB
 * each, and a server that answered large requests looks as if it leaked. With them, blocks from 128 kB on go back to the system
 * when they are freed. `packages/cli/bin/pipit.mjs` has the same. Other allocators ignore them.
 */
const SETTINGS = { MALLOC_MMAP_THRESHOLD_: "131072", MALLOC_TRIM_THRESHOLD_: "131072" };

/**
 * Starts this program again in the same process, with an allocator that returns freed memory, unless it has one. To be called before
 * anything is opened. What the environment says of the allocator stays.
 */
export function returnFreedMemory(): void {
  const { platform, env, execPath, execArgv, argv, execve } = process;
  if (platform !== "linux" || !execve || Object.keys(SETTINGS).every((name) => name in env)) return;
  execve.call(process, execPath, [execPath, ...execArgv, ...argv.slice(1)], { ...SETTINGS, ...env });
}
