import { build, type Plugin } from "vite";

/**
 * Puts a page's script and style sheet into the page itself: the card page is handed to its window as one text, under an
 * https address that nobody serves. The shell allows exactly this script by its hash.
 */
export function onePage(): Plugin {
  return {
    name: "one-page",
    enforce: "post",
    generateBundle(_, bundle) {
      const files = Object.values(bundle);
      const page = files.find((file) => file.fileName.endsWith(".html"));
      const script = files.find((file) => file.type === "chunk");
      const style = files.find((file) => file.fileName.endsWith(".css"));
      if (page?.type !== "asset" || script?.type !== "chunk" || style?.type !== "asset" || files.length !== 3) {
        throw new Error(`the card page is one page, one script and one style sheet, not ${Object.keys(bundle).join(", ")}`);
      }
      const code = script.code.replaceAll("</script", "<\\/script");
      page.source = String(page.source)
        .replace(/<script[^>]*><\/script>/, () => `<script type="module">${code}</script>`)
        .replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${String(style.source)}</style>`);
      Reflect.deleteProperty(bundle, script.fileName);
      Reflect.deleteProperty(bundle, style.fileName);
    },
  };
}

/** While Vite serves the till's page, the card page is built again after every change: it has no other origin to come from. */
export function cardPageBeside(): Plugin {
  return {
    name: "card-page-beside",
    apply: "serve",
    async configureServer() {
      if (process.env["VITEST"]) return;
      await build({ mode: "card", logLevel: "warn", build: { watch: {} } });
    },
  };
}
