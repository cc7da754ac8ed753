import type { StripeConstructor, StripeElementStyle } from "@stripe/stripe-js";

/*
 * Stripe.js comes from the address that the shell names: Stripe's own, or the simulator's in training. It is never
 * bundled. Only its types are ours to import.
 */

/** Loads the script once. Rejects when it does not come, and leaves nothing behind, so that it can be tried again. */
export function loadStripe(address: string): Promise<StripeConstructor> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const lost = (): void => {
      script.remove();
      reject(new Error(`no Stripe.js from ${address}`));
    };
    script.src = address;
    script.addEventListener("error", lost);
    script.addEventListener("load", () => {
      if (window.Stripe) resolve(window.Stripe);
      else lost();
    });
    document.head.append(script);
  });
}

/** The card fields live in Stripe's frame, out of reach of our style sheet: the tokens are carried over to them. */
export function elementStyle(root: Element = document.documentElement): StripeElementStyle {
  const styles = getComputedStyle(root);
  const token = (name: string) => styles.getPropertyValue(name).trim();
  return {
    base: {
      color: token("--ink"),
      iconColor: token("--quiet"),
      fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", sans-serif',
      fontSize: "17px",
      fontSmoothing: "antialiased",
      lineHeight: "28px",
      "::placeholder": { color: token("--quiet") },
      ":disabled": { color: token("--quiet") },
    },
    invalid: { color: token("--declined"), iconColor: token("--declined") },
  };
}
