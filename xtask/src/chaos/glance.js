// Everything a person can read about money in this window now, and what they could press.
const seen = (e) => e !== null && e.getClientRects().length > 0;
const all = (css, root = document) => [...root.querySelectorAll(css)].filter(seen);
const words = (e) => (e === null || e === undefined ? "" : e.innerText);
const inner = (css, root) => words(root.querySelector(css));
const joined = (css, root) => all(css, root).map(words).join("\n");
const spots = [];
for (const panel of all("[data-test=payment-panel]")) {
  const number = (panel.getAttribute("aria-label") ?? "").replace("Payment ", "");
  spots.push(["panel", panel.dataset.state, number, inner(".total b", panel), inner(".body", panel), []]);
}
for (const detail of all("[data-test=payment-detail][data-number]")) {
  const refunds = all("[data-test=refund]", detail).map((e) => [e.dataset.state, inner("b", e)]);
  const said = joined("header .dot, .money .total span, .say, [data-test=money]", detail);
  spots.push(["detail", "", detail.dataset.number, inner(".money .total b", detail), said, refunds]);
}
for (const row of all("[data-test=payment-row]")) {
  const said = row.querySelector(".dot")?.textContent ?? "";
  spots.push(["row", row.dataset.state, row.dataset.number, row.querySelector(".right")?.textContent ?? "", said, []]);
}
for (const row of all("[data-test=found-row]")) {
  spots.push(["found", row.dataset.state, inner(".small", row).split(" ")[0], inner(".amount", row), inner(".what", row), []]);
}
// A row for the manager names no sale.
for (const item of all(".slip section li button").filter((e) => e.querySelector(".what b"))) {
  spots.push(["waiting", "", inner(".what b", item).split(" ")[0], words(item.querySelector(":scope > .figures")), inner(".dot", item), []]);
}
for (const card of all("[data-test=card-page]")) {
  const number = inner(".business .small", card).split(" ")[0];
  spots.push(["card", card.dataset.state, number, inner("[data-test=card-amount]", card), inner("main", card), []]);
}
return {
  url: location.href,
  visible: document.visibilityState === "visible",
  spots,
  buttons: all("button[data-test]:not(:disabled)").map((e) => e.dataset.test),
  marks: all("[data-test]").map((e) => e.dataset.test),
  bank: all("iframe[name^=__privateStripeFrame]").some((e) => e.getBoundingClientRect().height > 200),
  amount: inner("[data-test=amount]", document),
  text: document.body.innerText,
};
