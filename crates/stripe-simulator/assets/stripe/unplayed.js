// What the real one has and the simulator does not play: calling it says so.

const UNPLAYED = /** @type {const} */ ([
  'collectBankAccountForPayment', 'collectBankAccountForSetup', 'collectBankAccountToken',
  'collectFinancialConnectionsAccounts', 'confirmAcssDebitPayment', 'confirmAcssDebitSetup', 'confirmAffirmPayment',
  'confirmAfterpayClearpayPayment', 'confirmAlipayPayment', 'confirmAmazonPaySetup', 'confirmAuBecsDebitPayment',
  'confirmAuBecsDebitSetup', 'confirmBacsDebitSetup', 'confirmBancontactPayment', 'confirmBancontactSetup',
  'confirmBilliePayment', 'confirmBlikPayment', 'confirmBoletoPayment', 'confirmCashappPayment',
  'confirmCashappSetup', 'confirmCustomerBalancePayment', 'confirmEpsPayment', 'confirmFpxPayment',
  'confirmGiropayPayment', 'confirmGrabPayPayment', 'confirmIdealPayment', 'confirmIdealSetup',
  'confirmKlarnaPayment', 'confirmKonbiniPayment', 'confirmMobilepayPayment', 'confirmMultibancoPayment',
  'confirmOxxoPayment', 'confirmP24Payment', 'confirmPayNowPayment', 'confirmPayPalPayment', 'confirmPayPalSetup', 'confirmPayment',
  'confirmPixPayment', 'confirmPromptPayPayment', 'confirmSepaDebitPayment', 'confirmSepaDebitSetup', 'confirmSetup',
  'confirmSofortPayment', 'confirmSofortSetup', 'confirmTwintPayment', 'confirmUsBankAccountPayment',
  'confirmUsBankAccountSetup', 'confirmWechatPayPayment', 'createConfirmationToken', 'createEmbeddedCheckoutPage',
  'createEphemeralKeyNonce', 'createRadarSession', 'initCheckoutElementsSdk', 'initCheckoutFormSdk',
  'paymentRequest', 'processOrder', 'retrieveOrder', 'verifyIdentity', 'verifyMicrodepositsForPayment',
  'verifyMicrodepositsForSetup',
]);

/** @typedef {Record<typeof UNPLAYED[number], (...data: any[]) => never>} Unplayed */

const unplayed = /** @type {Unplayed} */ (
  Object.fromEntries(
    UNPLAYED.map((name) => [
      name,
      () => {
        throw new IntegrationError(`The simulator plays cards only; stripe.${name} is not among what it knows.`);
      },
    ]),
  )
);
