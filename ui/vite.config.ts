import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { cardPageBeside, onePage } from "./one-page.ts";

/*
 * Two pages. `vite build` makes the till's, `vite build --mode card` the card page; `vite` serves the first and keeps
 * building the second.
 *
 * The card page is one file that holds its script, style and fonts and shares no code with the till: what stands beside
 * Stripe.js is all in one place.
 */
export default defineConfig(({ mode }) => ({
  plugins: [svelte(), ...(mode === "card" ? [onePage()] : [cardPageBeside()])],
  base: "/",
  clearScreen: false,
  envPrefix: "VITE_",
  // What is built beside is no edit of the till's page.
  server: { host: "127.0.0.1", port: 5173, strictPort: true, watch: { ignored: ["**/dist-card/**"] } },
  build: mode === "card" ? cardBuild() : tillBuild(),
  // Svelte's browser half, also under test.
  ...(process.env["VITEST"] ? { resolve: { conditions: ["browser"] } } : {}),
  test: { environment: "happy-dom", include: ["src/**/*.test.ts"], restoreMocks: true },
}));

function tillBuild() {
  return { outDir: "dist", emptyOutDir: true, target: "es2022", rollupOptions: { input: "index.html" } };
}

function cardBuild() {
  return {
    outDir: "dist-card",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: Number.MAX_SAFE_INTEGER,
    cssCodeSplit: false,
    rollupOptions: { input: "card.html" },
  };
}
