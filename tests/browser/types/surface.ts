// Read by the type checker only: the simulator's script, whose parts are global here, is what Stripe's types say.

type Real = typeof import("@stripe/stripe-js");
type Stripe = import("@stripe/stripe-js").Stripe;
type StripeElements = import("@stripe/stripe-js").StripeElements;
type StripeCardElement = import("@stripe/stripe-js").StripeCardElement;

// Ours, wherever theirs is wanted.
declare const element: CardElement;
export const card: StripeCardElement = element;
export const cardNumber: import("@stripe/stripe-js").StripeCardNumberElement = element;
export const cardExpiry: import("@stripe/stripe-js").StripeCardExpiryElement = element;
export const cardCvc: import("@stripe/stripe-js").StripeCardCvcElement = element;
export const elements: StripeElements = new Elements("pk_test_x");
declare const client: StripeClient;
export const played: Pick<Stripe, Exclude<keyof StripeClient, `_${string}`>> = client;

// Nothing is both played and refused.
export const once: keyof StripeClient & keyof Unplayed extends never ? true : false = true;

// A page written for theirs, as the loader gives it.
export async function page(load: Real["loadStripe"], secret: string): Promise<void> {
  const stripe = await load("pk_test_x", { locale: "en" });
  if (!stripe) return;
  const all = stripe.elements();
  const field = all.create("card", {
    style: { base: { color: "#000", "::placeholder": { color: "#555" } }, invalid: { iconColor: "#a00" } },
    classes: { focus: "focused" }, value: { postalCode: "10001" }, hidePostalCode: false, iconStyle: "solid", hideIcon: false,
    disabled: false, disableLink: true, preferredNetwork: ["visa"],
  });
  field.on("change", ({ brand, complete, empty, error, value }) => [brand, complete, empty, error?.code, value.postalCode]);
  field.once("ready", ({ elementType }) => elementType);
  field.off("escape");
  field.mount("#card");
  field.update({ disabled: true });
  const billing = { name: "A", email: "a@example.com", address: { postal_code: "10001" } };
  const made = await stripe.createPaymentMethod({ type: "card", card: field, billing_details: billing });
  const token = await stripe.createToken(field, { name: "A", address_zip: "10001" });
  const read = await stripe.retrievePaymentIntent(secret);
  const setup = await stripe.retrieveSetupIntent(secret);
  const acted = await stripe.handleCardAction(secret);
  const next = await stripe.handleNextAction({ clientSecret: secret });
  const paid = await stripe.confirmCardPayment(secret, { payment_method: { card: field, billing_details: billing } }, { handleActions: false });
  const saved = await stripe.confirmCardSetup(secret, { payment_method: made.paymentMethod?.id ?? token.token?.id });
  for (const { error } of [read, setup, acted, next, paid, saved]) console.info(error?.type, error?.decline_code, error?.payment_intent?.id);
}
