/**
 * Fetches a file into the browser's cache, from which the engine's worker then reads it. A worker's download cannot be followed from its
 * page, and this file is most of a first visit. A failure is left to the worker, which reports it with advice.
 */
export async function fetchAhead(url: string, onProgress: (bytes: number) => void): Promise<void> {
  try {
    const { body } = await fetch(url);
    const reader = body?.getReader();
    let bytes = 0;
    for (let chunk = await reader?.read(); chunk?.value; chunk = await reader?.read()) {
      bytes += chunk.value.byteLength;
      onProgress(bytes);
    }
  } catch {
    // The worker's own request fails in the same way.
  }
}
