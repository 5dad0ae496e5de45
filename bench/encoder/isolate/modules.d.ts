// workerd's type of this import: a compiled module.
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
declare module "workerd" {
  const program: { readonly default: string };
  export default program;
}
