//! The test card numbers that Stripe publishes, one row each.
//!
//! These numbers belong to nobody. Any other number that passes the checksum may be somebody's and is refused.

use super::{Asks, Bank, Brand, Check, Conduct, Decline, Funding, Grounds, Later, Risk, Setting};

/// One published test card.
#[derive(Debug)]
pub(crate) struct TestCard {
    pub(crate) number: &'static str,
    /// The ready-made payment method, such as `pm_card_visa`; empty if there is none.
    shortcut: &'static str,
    pub(crate) country: &'static str,
    pub(crate) funding: Funding,
    pub(crate) conduct: Conduct,
    /// A second network on the same card.
    second_network: Option<&'static str>,
    pub(crate) three_ds: bool,
}

impl TestCard {
    pub(crate) fn brand(&self) -> Brand {
        Brand::of(self.number)
    }

    pub(crate) fn last4(&self) -> &'static str {
        &self.number[self.number.len() - 4..]
    }

    pub(crate) fn networks(&self) -> Vec<String> {
        let own = self.brand().as_str();
        [Some(own), self.second_network].into_iter().flatten().map(str::to_owned).collect()
    }

    const fn from(mut self, country: &'static str) -> Self {
        self.country = country;
        self
    }

    const fn funded(mut self, funding: Funding) -> Self {
        self.funding = funding;
        self
    }

    const fn also(mut self, network: &'static str) -> Self {
        self.second_network = Some(network);
        self
    }

    const fn asks(mut self, asks: Asks) -> Self {
        self.conduct.asks = asks;
        self
    }

    const fn declines(mut self, decline: Decline) -> Self {
        self.conduct.bank = Bank::Declines(decline);
        self
    }

    const fn declines_payments(mut self, decline: Decline) -> Self {
        self.conduct.bank = Bank::DeclinesPayments(decline);
        self
    }

    const fn risk(mut self, risk: Risk) -> Self {
        self.conduct.risk = risk;
        self
    }

    const fn cvc(mut self, check: Check) -> Self {
        self.conduct.cvc = check;
        self
    }

    const fn address(mut self, line1: Check, postal_code: Check) -> Self {
        self.conduct.line1 = line1;
        self.conduct.postal_code = postal_code;
        self
    }

    const fn later(mut self, later: Later) -> Self {
        self.conduct.later = later;
        self
    }

    const fn under(mut self, setting: Setting) -> Self {
        self.conduct.setting = setting;
        self
    }

    const fn disputed(self, grounds: Grounds) -> Self {
        self.later(Later::Disputed(grounds))
    }

    const fn without_three_ds(mut self) -> Self {
        self.three_ds = false;
        self
    }
}

/// An American credit card that always works, before the row says otherwise.
const fn card(number: &'static str, shortcut: &'static str) -> TestCard {
    let conduct = Conduct {
        asks: Asks::Never,
        bank: Bank::Approves,
        risk: Risk::Normal,
        line1: Check::Pass,
        postal_code: Check::Pass,
        cvc: Check::Pass,
        later: Later::Nothing,
        setting: Setting::None,
    };
    TestCard {
        number,
        shortcut,
        country: "US",
        funding: Funding::Credit,
        conduct,
        second_network: None,
        three_ds: true,
    }
}

const fn abroad(number: &'static str, shortcut: &'static str, country: &'static str) -> TestCard {
    card(number, shortcut).from(country)
}

/// The row of a number, digits only.
pub(crate) fn by_number(number: &str) -> Option<&'static TestCard> {
    rows().find(|row| row.number == number)
}

/// The row of a ready-made payment method.
pub(crate) fn by_shortcut(id: &str) -> Option<&'static TestCard> {
    let id = match id {
        "pm_card_us" => "pm_card_visa",
        "pm_card_amex_threeDSecureNotSupported" => "pm_card_amex",
        "pm_card_debit_visaHsaProductCode" => "pm_card_debit_visaFsaProductCode",
        other => other,
    };
    rows().find(|row| row.shortcut == id && !id.is_empty())
}

/// The place of a row in the whole table, for fingerprints.
pub(crate) fn place(card: &TestCard) -> u64 {
    rows().position(|row| row.number == card.number).map_or(0, |at| at as u64)
}

fn rows() -> impl Iterator<Item = &'static TestCard> {
    BRANDS.iter().chain(DECLINES).chain(CHECKS).chain(THREE_DS).chain(AFTERWARDS).chain(ABROAD)
}

static BRANDS: &[TestCard] = &[
    card("4242424242424242", "pm_card_visa"),
    card("4000056655665556", "pm_card_visa_debit").funded(Funding::Debit),
    card("5555555555554444", "pm_card_mastercard"),
    card("2223003122003222", ""),
    card("5200828282828210", "pm_card_mastercard_debit").funded(Funding::Debit),
    card("5105105105105100", "pm_card_mastercard_prepaid").funded(Funding::Prepaid),
    card("378282246310005", "pm_card_amex").without_three_ds(),
    card("371449635398431", "").without_three_ds(),
    card("6011111111111117", "pm_card_discover"),
    card("6011000990139424", ""),
    card("6011981111111113", "").funded(Funding::Debit),
    card("3056930009020004", "pm_card_diners"),
    card("36227206271667", ""),
    card("6555900000604105", ""),
    card("3566002020360505", "pm_card_jcb").from("JP"),
    card("6200000000000005", "pm_card_unionpay").from("CN"),
    card("6200000000000047", "").from("CN").funded(Funding::Debit),
    card("6205500000000000004", "").from("CN"),
    card("4000002500001001", "pm_card_visa_cartesBancaires").from("FR").also("cartes_bancaires"),
    card("5555552500001001", "pm_card_mastercard_cartesBancaires").from("FR").also("cartes_bancaires"),
    card("4000050360000001", "pm_card_visa_debit_eftposAuCoBranded")
        .from("AU")
        .funded(Funding::Debit)
        .also("eftpos_au"),
    card("5555050360000080", "pm_card_mastercard_debit_eftposAuCoBranded")
        .from("AU")
        .funded(Funding::Debit)
        .also("eftpos_au"),
    card("4000051230000072", "pm_card_debit_visaFsaProductCode").funded(Funding::Debit),
    card("5200828282828897", "pm_card_mastercard_debit_mastercardFsaProductCode").funded(Funding::Debit),
];

static DECLINES: &[TestCard] = &[
    card("4000000000000002", "pm_card_visa_chargeDeclined").declines(Decline::Generic),
    card("4000000000009995", "pm_card_visa_chargeDeclinedInsufficientFunds").declines(Decline::InsufficientFunds),
    card("4000000000009987", "pm_card_visa_chargeDeclinedLostCard").declines(Decline::LostCard),
    card("4000000000009979", "pm_card_visa_chargeDeclinedStolenCard").declines(Decline::StolenCard),
    card("4000000000000069", "pm_card_chargeDeclinedExpiredCard").declines(Decline::ExpiredCard),
    card("4000000000000127", "pm_card_chargeDeclinedIncorrectCvc").declines(Decline::IncorrectCvc).cvc(Check::Fail),
    card("4000000000000119", "pm_card_chargeDeclinedProcessingError").declines(Decline::ProcessingError),
    card("4000000000006975", "pm_card_visa_chargeDeclinedVelocityLimitExceeded").declines(Decline::VelocityExceeded),
    card("4000000000000341", "pm_card_chargeCustomerFail").declines_payments(Decline::Generic),
];

static CHECKS: &[TestCard] = &[
    card("4100000000000019", "pm_card_radarBlock").risk(Risk::Highest),
    card("4000000000004954", "pm_card_riskLevelHighest").risk(Risk::Highest),
    card("4000000000009235", "pm_card_riskLevelElevated").risk(Risk::Elevated),
    card("4000000000000101", "pm_card_cvcCheckFail").cvc(Check::Fail),
    card("4000000000000036", "pm_card_avsZipFail").address(Check::Pass, Check::Fail),
    card("4000058400307872", "pm_card_cvcCheckFailElevatedRisk").cvc(Check::Fail).risk(Risk::Elevated),
    card("4000058400306072", "pm_card_avsZipFailElevatedRisk").address(Check::Pass, Check::Fail).risk(Risk::Elevated),
    card("4000000000000028", "pm_card_avsLine1Fail").address(Check::Fail, Check::Pass),
    card("4000000000000010", "pm_card_avsFail").address(Check::Fail, Check::Fail),
    card("4000000000000044", "pm_card_avsUnchecked").address(Check::Unavailable, Check::Unavailable),
    card("4000008400000407", "pm_card_highFraudDisputeScore"),
    card("4000008400000159", "pm_card_highEfwScore"),
    card("4000008400001017", "pm_card_radarDynamicRiskThreshold").under(Setting::DynamicThreshold),
    card("4001858821843804", "pm_card_freeTrialAbuseBlock").under(Setting::FreeTrialAbuse),
    card("4000008405600003", "pm_card_adaptive3dsChallenge").under(Setting::AdaptiveThreeDs),
];

static THREE_DS: &[TestCard] = &[
    card("4000002760003184", "pm_card_authenticationRequired").from("DE").asks(Asks::Always),
    card("4000002500003155", "pm_card_authenticationRequiredOnSetup").from("FR").asks(Asks::UntilSetUp),
    card("4000003800000446", "pm_card_authenticationRequiredSetupForOffSession").from("IT").asks(Asks::WhenPresent),
    card("4000008260003178", "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds")
        .from("GB")
        .asks(Asks::Always)
        .declines(Decline::InsufficientFunds),
    card("4000000000003220", "pm_card_threeDSecure2Required").from("IE").asks(Asks::Always),
    card("4000008400000027", "").asks(Asks::Always),
    card("4000008400001629", "pm_card_threeDSecureRequiredChargeDeclined")
        .asks(Asks::Always)
        .declines(Decline::Generic),
    card("4000008400001280", "pm_card_threeDSecureRequiredProcessingError").asks(Asks::Error),
    card("4000000000003055", "pm_card_threeDSecureOptional").asks(Asks::IfRequested),
    card("4000000000003097", "pm_card_threeDSecureOptionalProcessingError").asks(Asks::ErrorIfRequested),
    card("4000000032200000", "").asks(Asks::Frictionless),
    card("4000582600000094", ""),
    card("4000582600000045", ""),
    card("4000582600000102", ""),
    card("4000582600000110", ""),
    card("4000000000001208", ""),
    card("4000000000003725", ""),
];

/// Cards that are about refunds, disputes and the balance: the charge itself succeeds.
static AFTERWARDS: &[TestCard] = &[
    card("4000000000007726", "pm_card_pendingRefund").later(Later::RefundPends),
    card("4000000000005126", "pm_card_refundFail").later(Later::RefundFails),
    card("4000000000000077", "pm_card_bypassPending").later(Later::FundsAtOnce),
    card("4000003720000278", "pm_card_bypassPendingInternational").from("IE").later(Later::FundsAtOnce),
    card("4000000000000259", "pm_card_createDispute").disputed(Grounds::Fraud),
    card("4000000000002685", "pm_card_createDisputeProductNotReceived").disputed(Grounds::NotReceived),
    card("4000000000001976", "pm_card_createDisputeInquiry").disputed(Grounds::Inquiry),
    card("4000000000005423", "pm_card_createIssuerFraudRecord"),
    card("4000000404000079", "pm_card_createMultipleDisputes").later(Later::DisputedTwice),
    card("4000000404000038", "pm_card_createCe3EligibleDispute").disputed(Grounds::CompellingFraud),
    card("4000008400000779", "pm_card_createComplianceDispute").disputed(Grounds::Compliance),
    card("5105008400000002", "pm_card_createMastercardComplianceDispute").disputed(Grounds::Compliance),
    card("4000000001000043", "pm_card_createAutoRepresentmentEligibleDispute").disputed(Grounds::Fraud),
];

static ABROAD: &[TestCard] = &[
    abroad("4000000320000021", "pm_card_ar", "AR"),
    abroad("4000000760000002", "pm_card_br", "BR"),
    abroad("4000001240000000", "pm_card_ca", "CA"),
    abroad("4000001520000001", "pm_card_cl", "CL"),
    abroad("4000001700000003", "pm_card_co", "CO"),
    abroad("4000001880000005", "pm_card_cr", "CR"),
    abroad("4000002180000000", "pm_card_ec", "EC"),
    abroad("4000004840008001", "pm_card_mx", "MX"),
    // Carnet, a network of Mexico that Stripe has no name for.
    abroad("5062210000000009", "", "MX"),
    abroad("4000005910000000", "pm_card_pa", "PA"),
    abroad("4000006000000066", "pm_card_py", "PY"),
    abroad("4000006040000068", "pm_card_pe", "PE"),
    abroad("4000008580000003", "pm_card_uy", "UY"),
    abroad("4000007840000001", "pm_card_ae", "AE"),
    abroad("4000000400000008", "pm_card_at", "AT"),
    abroad("4000000560000004", "pm_card_be", "BE"),
    abroad("4000001000000000", "pm_card_bg", "BG"),
    abroad("4000001120000005", "pm_card_by", "BY"),
    abroad("4000001910000009", "pm_card_hr", "HR"),
    abroad("4000001960000008", "pm_card_cy", "CY"),
    abroad("4000002030000002", "pm_card_cz", "CZ"),
    abroad("4000002080000001", "pm_card_dk", "DK"),
    abroad("4000002330000009", "pm_card_ee", "EE"),
    abroad("4000002460000001", "pm_card_fi", "FI"),
    abroad("4000002500000003", "pm_card_fr", "FR"),
    abroad("4000002760000016", "pm_card_de", "DE"),
    abroad("4000002920000005", "pm_card_gi", "GI"),
    abroad("4000003000000030", "pm_card_gr", "GR"),
    abroad("4000003480000005", "pm_card_hu", "HU"),
    abroad("4000003720000005", "pm_card_ie", "IE"),
    abroad("4000003800000008", "pm_card_it", "IT"),
    abroad("4000004280000005", "pm_card_lv", "LV"),
    abroad("4000004380000004", "pm_card_li", "LI"),
    abroad("4000004400000000", "pm_card_lt", "LT"),
    abroad("4000004420000006", "pm_card_lu", "LU"),
    abroad("4000004700000007", "pm_card_mt", "MT"),
    abroad("4000005280000002", "pm_card_nl", "NL"),
    abroad("4000005780000007", "pm_card_no", "NO"),
    abroad("4000006160000005", "pm_card_pl", "PL"),
    abroad("4000006200000007", "pm_card_pt", "PT"),
    abroad("4000006420000001", "pm_card_ro", "RO"),
    abroad("4000006820000007", "", "SA"),
    abroad("4000007050000006", "pm_card_si", "SI"),
    abroad("4000007030000001", "pm_card_sk", "SK"),
    abroad("4000007240000007", "pm_card_es", "ES"),
    abroad("4000007520000008", "pm_card_se", "SE"),
    abroad("4000007560000009", "pm_card_ch", "CH"),
    abroad("4000008260000000", "pm_card_gb", "GB"),
    abroad("4000000360000006", "pm_card_au", "AU"),
    abroad("4000001560000002", "pm_card_cn", "CN"),
    abroad("4000003440000004", "pm_card_hk", "HK"),
    abroad("4000003560000008", "pm_card_in", "IN"),
    abroad("4000003920000003", "pm_card_jp", "JP"),
    abroad("4000004580000002", "pm_card_my", "MY"),
    abroad("4000005540000008", "pm_card_nz", "NZ"),
    abroad("4000007020000003", "pm_card_sg", "SG"),
    abroad("4000001580000008", "pm_card_tw", "TW"),
    abroad("5200007840000022", "pm_card_ae_mastercard", "AE"),
    abroad("4000058260000005", "pm_card_gb_debit", "GB").funded(Funding::Debit),
    abroad("5555558265554449", "pm_card_gb_mastercard", "GB"),
    abroad("3530111333300000", "", "JP"),
    abroad("4000007640000003", "pm_card_th_credit", "TH"),
    abroad("4000057640000008", "pm_card_th_debit", "TH").funded(Funding::Debit),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cards::is_luhn_valid;
    use std::collections::HashSet;

    #[test]
    fn every_row_is_a_real_number_of_a_known_brand_and_listed_once() {
        let mut seen = HashSet::new();
        for row in rows() {
            assert!(is_luhn_valid(row.number), "{}", row.number);
            assert!(row.brand() != Brand::Unknown || row.number.starts_with("506221"), "{}", row.number);
            assert!(seen.insert(row.number), "{} is listed twice", row.number);
            assert!(row.shortcut.is_empty() || seen.insert(row.shortcut), "{} is listed twice", row.shortcut);
        }
    }

    #[test]
    fn shortcuts_lead_to_their_row() {
        assert_eq!(by_shortcut("pm_card_visa").map(TestCard::last4), Some("4242"));
        assert_eq!(by_shortcut("pm_card_de").map(|card| card.country), Some("DE"));
        assert!(by_shortcut("").is_none());
        assert!(by_shortcut("pm_card_nobody").is_none());
    }
}
