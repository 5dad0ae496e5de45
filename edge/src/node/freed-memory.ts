/**
 * Settings of glibc's allocator, which reads them as a process starts. Without them it keeps freed blocks for later, up to 32 MB
 * each, and the memory of a server that answered large requests looks like a leak. With them, blocks from 128 kB on go back to the system
 * when they are freed. `packages/cli/bin/pipit.mjs` has the same settings. Other allocators ignore them.
 */
const SETTINGS = { MALLOC_MMAP_THRESHOLD_: "131072", MALLOC_TRIM_THRESHOLD_: "131072" };

/**
 * Starts this program again in the same process, with an allocator that returns freed memory, unless it already has one. It must be called
 * before anything is opened. Allocator settings of the environment are kept.
 */
export function returnFreedMemory(): void {
  const { platform, env, execPath, execArgv, argv, execve } = process;
  if (platform !== "linux" || !execve || Object.keys(SETTINGS).every((name) => name in env)) return;
  execve.call(process, execPath, [execPath, ...execArgv, ...argv.slice(1)], { ...SETTINGS, ...env });
}
