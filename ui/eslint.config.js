import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

const ipcOnly = {
  patterns: [{ group: ["@tauri-apps/*"], message: "Only src/ipc.ts talks to Tauri." }],
};

export default ts.config(
  { ignores: ["dist", "dist-card", "src/bindings"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  { languageOptions: { globals: globals.browser } },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig } },
  },
  {
    rules: {
      "no-restricted-imports": ["error", ipcOnly],
      // The content security policy allows no inline styles.
      "svelte/no-inline-styles": "error",
      "svelte/no-at-html-tags": "error",
      // A space in front of a word inside a block is written as one.
      "svelte/no-useless-mustaches": "off",
      eqeqeq: "error",
    },
  },
  { files: ["src/ipc.ts"], rules: { "no-restricted-imports": "off" } },
  { files: ["*.config.*"], languageOptions: { globals: globals.node } },
);
