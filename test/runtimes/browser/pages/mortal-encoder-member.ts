import "../../../../wasm/src/web-encoder-member.ts";

addEventListener("message", ({ data }) => {
  if (data === "die") throw new Error("told to die");
});
