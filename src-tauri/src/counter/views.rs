//! From the till's words to the pages'. Every field is chosen here; nothing is passed through whole.

use till::books::{Books, Finding, Strange};
use till::entry::BlockReason;
use till::facts::{ChargeFacts, Decline, IntentStatus};
use till::journal::Written;
use till::money::Currency;
use till::payment::{Payment, Phase};
use till::refund::{NotSent, Refund, RefundPhase};
use till::sale::{Entered, Mode};

use super::screen::{Screen, Snapshot};
use crate::settings::Settings;
use crate::view::{
    BooksView, Can, CardPageView, CardPayment, CardView, ConnectionView, CurrencyView, DeclineView, EntryMode,
    FindingView, ModeView, MoneyState, PaymentState, PaymentView, Problem, ProblemCode, ReceiptKind, ReceiptLine,
    ReceiptView, RefundState, RefundView, StrangeView, TillView, TimelineEntry,
};

pub fn till(revision: u32, screen: &Screen, settings: &Settings, card_window: bool) -> TillView {
    let view = |snapshot: &Snapshot| payment(snapshot, settings, false);
    let front = screen.front().map(|snapshot| payment(snapshot, settings, card_window));
    TillView {
        revision,
        mode: screen.mode,
        first_start: settings.mode.is_none(),
        till_name: settings.till_name.clone(),
        business: settings.business.clone(),
        currency: shown_currency(screen.mode, settings),
        theme: settings.theme,
        connection: match (screen.mode, screen.reached) {
            (ModeView::Training, _) | (_, Some(true)) => ConnectionView::Online,
            (_, Some(false)) => ConnectionView::Offline,
            (_, None) => ConnectionView::Checking,
        },
        draft: screen.draft.view(),
        payment: front,
        open: screen.open().map(view).collect(),
        found: screen.found().map(view).collect(),
        books: books(&screen.books, &screen.payments),
        problem: problem_of_till(screen, settings),
        sticky_phone_order: settings.sticky_phone_order,
        closing: screen.closing,
        suggested_currency: settings.suggested_currency(screen.mode),
    }
}

/// What keeps the till from charging, if anything.
pub fn problem_of_till(screen: &Screen, settings: &Settings) -> Option<Problem> {
    let unchosen = settings.account(screen.mode).is_some() && settings.currency(screen.mode).is_none();
    screen.problem().or_else(|| unchosen.then(|| Problem::new(ProblemCode::CurrencyNotChosen)))
}

/// Nothing is charged before a currency is chosen; until then the screen counts in the one it would preset.
fn shown_currency(mode: ModeView, settings: &Settings) -> CurrencyView {
    let suggested = || settings.suggested_currency(mode).and_then(|code| Currency::parse(&code));
    settings.currency(mode).or_else(suggested).map_or_else(CurrencyView::dollars, currency)
}

fn books(books: &Books, in_hand: &[Snapshot]) -> BooksView {
    BooksView {
        cards_off: books.cards_are_off(),
        behind: books.is_behind(),
        findings: books.unread().iter().map(|found| finding(found, in_hand)).collect(),
    }
}

fn finding(finding: &Finding, in_hand: &[Snapshot]) -> FindingView {
    let of_sale = in_hand.iter().find(|snapshot| snapshot.payment.sale.id.to_string() == finding.sale);
    FindingView {
        strange: match finding.strange {
            Strange::Orphan => StrangeView::Orphan,
            Strange::PaidTwice => StrangeView::PaidTwice,
            Strange::PaidThoughVoid => StrangeView::PaidThoughVoid,
            Strange::RefundBounced => StrangeView::RefundBounced,
        },
        intent: finding.intent.clone(),
        sale_id: finding.sale.clone(),
        amount: finding.amount,
        currency: Currency::parse(&finding.currency).map_or_else(CurrencyView::dollars, currency),
        held: finding.status != IntentStatus::Succeeded,
        created: finding.created,
        refunded: of_sale.is_some_and(|snapshot| snapshot.payment.answers(&finding.intent)),
    }
}

fn refund(refund: &Refund) -> RefundView {
    RefundView {
        id: refund.id.clone(),
        amount: refund.amount,
        state: match refund.phase {
            RefundPhase::Asked => RefundState::Asked,
            RefundPhase::Unknown => RefundState::Unknown,
            RefundPhase::Pending => RefundState::Pending,
            RefundPhase::Succeeded => RefundState::Succeeded,
            RefundPhase::Bounced => RefundState::Bounced,
            RefundPhase::Canceled => RefundState::Canceled,
            RefundPhase::Rejected => RefundState::Rejected,
            RefundPhase::GivenUp => RefundState::GivenUp,
        },
        reason: refund.reason.clone(),
        why: refund.why.clone(),
    }
}

/// The PaymentIntent that paid the sale.
fn own(payment: &Payment) -> Option<&str> {
    payment.intent.as_deref().filter(|_| payment.phase == Phase::Paid)
}

/// What is left to give back of the payment's own charge.
fn refundable(payment: &Payment) -> i64 {
    own(payment).map_or(0, |intent| payment.refundable(intent, payment.sale.total.minor))
}

/// Why a refund that was asked for did not leave, and what is certain about the customer's money.
fn refund_problem(why: &NotSent, snapshot: &Snapshot) -> Problem {
    let (code, detail) = match why {
        NotSent::NoAnswer => (ProblemCode::StripeUnreachable, None),
        NotSent::Refused { reason, detail } => (code_of(*reason), detail.clone()),
        NotSent::Disputed => (ProblemCode::ChargeDisputed, None),
        NotSent::Elsewhere { left } => (ProblemCode::RefundedElsewhere, Some(left.to_string())),
        NotSent::NotWritten(error) => (ProblemCode::JournalUnwritable, Some(error.clone())),
    };
    Problem { code, money: snapshot.money(), detail }
}

fn code_of(reason: BlockReason) -> ProblemCode {
    match reason {
        BlockReason::KeyRejected => ProblemCode::KeyRejected,
        BlockReason::KeyForbidden => ProblemCode::KeyForbidden,
        BlockReason::WrongAccount => ProblemCode::WrongAccount,
        BlockReason::Mismatch => ProblemCode::Mismatch,
        BlockReason::Rejected => ProblemCode::StripeRejected,
    }
}

pub fn card_page(revision: u32, screen: &Screen, settings: &Settings) -> CardPageView {
    CardPageView {
        revision,
        mode: screen.mode,
        business: settings.business.clone(),
        theme: settings.theme,
        stripe_js: screen.stripe_js.clone(),
        publishable_key: screen.publishable_key.clone(),
        payment: screen.at_card_page().map(|snapshot| card_payment(snapshot, screen.card_token())),
        held_open: screen.held_open,
    }
}

fn card_payment(snapshot: &Snapshot, token: Option<String>) -> CardPayment {
    let payment = &snapshot.payment;
    CardPayment {
        sale_id: payment.sale.id.to_string(),
        number: payment.sale.name(),
        amount: payment.sale.total.minor,
        currency: currency(payment.sale.total.currency),
        phone_order: payment.sale.entered == Entered::PhoneOrder,
        authorise_only: payment.captures_later(),
        state: state(snapshot),
        token,
        declined: payment.decline.as_ref().map(decline),
        problem: problem(snapshot),
        next_check_in: next_check(snapshot),
        can_close: can_close(payment.phase),
    }
}

pub fn payment(snapshot: &Snapshot, settings: &Settings, card_window: bool) -> PaymentView {
    let payment = &snapshot.payment;
    let settled = matches!(payment.phase, Phase::Paid | Phase::Authorised | Phase::Capturing);
    PaymentView {
        sale_id: payment.sale.id.to_string(),
        number: payment.sale.name(),
        amount: payment.sale.total.minor,
        currency: currency(payment.sale.total.currency),
        state: state(snapshot),
        money: snapshot.money(),
        note: payment.sale.note.clone(),
        phone_order: payment.sale.entered == Entered::PhoneOrder,
        authorise_only: payment.captures_later(),
        card: payment.charge.as_ref().map(card),
        declined: payment.decline.as_ref().filter(|_| !settled).map(decline),
        problem: problem(snapshot),
        reference: payment.intent.clone(),
        began_at: payment.sale.at,
        paid_at: payment.charge.as_ref().filter(|_| settled).map(|charge| charge.created),
        capture_before: payment.charge.as_ref().and_then(|charge| charge.capture_before),
        next_check_in: next_check(snapshot),
        card_window,
        while_away: payment.unseen,
        receipt: receipt(payment, settings),
        refunds: payment.refunds.iter().map(refund).collect(),
        refundable: refundable(payment),
        refund_asking: snapshot.refund_asking,
        refund_problem: snapshot.refund_not_sent.as_ref().map(|why| refund_problem(why, snapshot)),
        refunded_elsewhere: own(payment).map_or(0, |own| payment.refunded_elsewhere(own)),
        disputed: own(payment).is_some_and(|own| payment.is_disputed(own)),
        another_card: settled && payment.charged_another_card(),
        can: Can { give_up_refund: snapshot.may_give_up, ..can_now(snapshot) },
    }
}

fn receipt(payment: &Payment, settings: &Settings) -> Option<ReceiptView> {
    let kind = match payment.phase {
        Phase::Paid => ReceiptKind::Sale,
        Phase::Authorised => ReceiptKind::Authorisation,
        _ => return None,
    };
    let charge = payment.charge.as_ref()?;
    let sale = &payment.sale;
    Some(ReceiptView {
        kind,
        number: sale.name(),
        business: settings.business.clone(),
        lines: sale.lines.iter().map(|line| ReceiptLine { label: line.label.clone(), amount: line.minor }).collect(),
        total: sale.total.minor,
        card: card(charge),
        entry: match sale.entered {
            Entered::Keyed => EntryMode::Keyed,
            Entered::PhoneOrder => EntryMode::PhoneOrder,
        },
        authorisation_code: charge.authorisation_code.clone(),
        statement_name: charge.statement_name.clone(),
        reference: payment.intent.clone().unwrap_or_default(),
        at: charge.created,
        copy: payment.receipts > 0,
    })
}

pub fn timeline(written: &Written) -> TimelineEntry {
    TimelineEntry {
        at: written.at,
        kind: written.entry.name().to_owned(),
        detail: written.entry.detail().map(str::to_owned),
    }
}

/// As [`can`]. While Stripe has not said yet what became of a paused payment, no other card is offered.
fn can_now(snapshot: &Snapshot) -> Can {
    let can = can(&snapshot.payment);
    let waits = snapshot.payment.phase == Phase::Paused && state(snapshot) == PaymentState::Unknown;
    if waits { Can { take_card: false, cancel: false, check_now: true, ..can } } else { can }
}

fn state(snapshot: &Snapshot) -> PaymentState {
    match snapshot.payment.phase {
        // What an older copy of the journal takes for paused may have been charged since.
        Phase::Paused if snapshot.money() == Some(MoneyState::Unknown) && snapshot.behind => PaymentState::Unknown,
        Phase::Frozen | Phase::Preparing => PaymentState::Preparing,
        Phase::Ready => PaymentState::Ready,
        Phase::Confirming => PaymentState::Confirming,
        Phase::Authenticating => PaymentState::Authenticating,
        Phase::Finishing => PaymentState::Finishing,
        Phase::Processing => PaymentState::Processing,
        Phase::Unknown => PaymentState::Unknown,
        Phase::Paused => PaymentState::Paused,
        Phase::Cancelling => PaymentState::Cancelling,
        Phase::Capturing => PaymentState::Capturing,
        Phase::Authorised => PaymentState::Authorised,
        Phase::Paid => PaymentState::Paid,
        Phase::Void => PaymentState::Void,
        Phase::Blocked => PaymentState::Blocked,
    }
}

/// Which buttons do something. The cashier's own refusals are the law; this only keeps dead buttons off the screen.
pub fn can(payment: &Payment) -> Can {
    let phase = payment.phase;
    Can {
        take_card: matches!(phase, Phase::Preparing | Phase::Ready | Phase::Authenticating | Phase::Paused),
        cancel: matches!(
            phase,
            Phase::Preparing | Phase::Ready | Phase::Authenticating | Phase::Unknown | Phase::Paused | Phase::Blocked
        ),
        check_now: matches!(
            phase,
            Phase::Processing | Phase::Unknown | Phase::Cancelling | Phase::Capturing | Phase::Blocked
        ),
        capture: phase == Phase::Authorised,
        release: phase == Phase::Authorised,
        refund: refundable(payment) > 0 && !payment.refunds.iter().any(|refund| refund.phase.is_open()),
        check_refund: !payment.refunds.is_empty(),
        give_up_refund: false,
        new_sale: matches!(
            phase,
            Phase::Ready
                | Phase::Processing
                | Phase::Unknown
                | Phase::Paused
                | Phase::Cancelling
                | Phase::Authorised
                | Phase::Capturing
                | Phase::Paid
                | Phase::Void
                | Phase::Blocked
        ),
    }
}

/// Whether the card window may be closed: not while a card is at Stripe.
pub fn can_close(phase: Phase) -> bool {
    !matches!(phase, Phase::Confirming | Phase::Finishing)
}

fn next_check(snapshot: &Snapshot) -> Option<u32> {
    let seconds = snapshot.next_look?.as_millis().div_ceil(1000);
    u32::try_from(seconds).ok()
}

fn problem(snapshot: &Snapshot) -> Option<Problem> {
    let payment = &snapshot.payment;
    if snapshot.unsaved {
        return Some(unsaved(snapshot));
    }
    if let Some(blocked) = &payment.blocked {
        let code = code_of(blocked.reason);
        return Some(Problem { code, money: snapshot.money(), detail: blocked.detail.clone() });
    }
    payment.rejected.as_ref().filter(|_| payment.phase == Phase::Ready).map(|words| Problem {
        code: ProblemCode::StripeRejected,
        money: snapshot.money(),
        detail: Some(words.clone()),
    })
}

fn unsaved(snapshot: &Snapshot) -> Problem {
    let code = match snapshot.payment.phase {
        Phase::Paid => ProblemCode::PaidNotSaved,
        _ => ProblemCode::JournalUnwritable,
    };
    Problem { code, money: snapshot.money(), detail: snapshot.payment.intent.clone() }
}

/// Why a payment stays where it is.
pub fn not_now(snapshot: &Snapshot) -> Problem {
    Problem { money: snapshot.money(), ..Problem::new(ProblemCode::NotNow) }
}

fn card(charge: &ChargeFacts) -> CardView {
    CardView { brand: charge.card.brand.clone(), last4: charge.card.last4.clone() }
}

fn decline(decline: &Decline) -> DeclineView {
    DeclineView {
        code: decline.code.clone(),
        decline_code: decline.decline_code.clone(),
        advice_code: decline.advice_code.clone(),
    }
}

pub fn currency(currency: Currency) -> CurrencyView {
    CurrencyView { code: currency.code().to_owned(), decimals: currency.decimals() }
}

impl CurrencyView {
    fn dollars() -> Self {
        Self { code: "usd".to_owned(), decimals: 2 }
    }
}

pub fn mode(mode: ModeView) -> Mode {
    match mode {
        ModeView::Training => Mode::Training,
        ModeView::Test => Mode::Test,
        ModeView::Live => Mode::Live,
    }
}
