import "@pipit/wasm/web-encoder-member";

addEventListener("message", ({ data }) => {
  if (data === "die") throw new Error("told to die");
});
