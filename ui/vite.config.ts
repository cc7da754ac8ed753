import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

/*
 * Two pages. `vite` serves both; `vite build` makes the till, `vite build --mode card` the card page.
 *
 * The card page is built by itself so that it is exactly one script and one style sheet and shares no code with
 * the till: what stands beside Stripe.js is all in one place.
 */
export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  base: "/",
  clearScreen: false,
  envPrefix: "VITE_",
  server: { host: "127.0.0.1", port: 5173, strictPort: true },
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
    outDir: "dist",
    emptyOutDir: false,
    target: "es2022",
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: "card.html",
      output: { entryFileNames: "assets/card-[hash].js" },
    },
  };
}
