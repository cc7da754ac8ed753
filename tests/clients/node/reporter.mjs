// One line a test, and at the end the line that `cargo xtask test` counts by, as libtest writes it.
export default async function* report(source) {
  let passed = 0, failed = 0;
  for await (const { type, data } of source) {
    if (type === "test:pass") {
      passed += 1;
      yield `test ${data.name} ... ok\n`;
    } else if (type === "test:fail") {
      failed += 1;
      yield `test ${data.name} ... FAILED\n${data.details.error.cause?.stack ?? data.details.error}\n`;
    }
  }
  yield `test result: ${failed ? "FAILED" : "ok"}. ${passed} passed; ${failed} failed; 0 ignored\n`;
}
