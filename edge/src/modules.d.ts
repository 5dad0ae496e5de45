// The types of these imports after wrangler's bundler: a compiled module, and bytes.
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
declare module "*.pipit" {
  const bytes: ArrayBuffer;
  export default bytes;
}
