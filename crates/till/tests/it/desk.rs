//! The cashier at work: a thread, a runtime, a file, and a Stripe behind the seam.

use crate::make;
use bytes::Bytes;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use stripe_api::{Base, Client, SecretKey, Sending, Transport};
use stripe_simulator::Simulator;
use till::cashier::Cashier;
use till::desk::{Desk, DeskCashier};
use till::journal::SqliteJournal;
use till::payment::Phase;
use till::payment::step::Event;
use till::sale::SaleId;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

struct Here(Mutex<Simulator>);

impl Transport for Here {
    fn send(&self, request: http::Request<Bytes>) -> Sending<'_> {
        Box::pin(async move { Ok(self.0.lock().unwrap().handle(1_800_000_000_000, &request)) })
    }
}

struct Shop {
    desk: Desk,
    phase: watch::Receiver<Option<Phase>>,
    changes: Arc<AtomicUsize>,
}

fn client(stripe: &Arc<Here>) -> Client {
    Client::new(stripe.clone(), Base::stripe(), SecretKey::parse("sk_test_desk").unwrap()).unwrap()
}

fn open(folder: &Path, stripe: &Arc<Here>, runtime: &Runtime) -> Shop {
    let journal = SqliteJournal::open(&folder.join("test.sqlite")).unwrap();
    let mut next = 0;
    let chance = move || {
        next += 1;
        next
    };
    let cashier = Cashier::open(journal, Box::new(chance)).unwrap();
    let (tell, phase) = watch::channel(None);
    let changes = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&changes);
    let watched = move |cashier: &till::desk::DeskCashier, _| {
        counted.fetch_add(1, Ordering::SeqCst);
        tell.send_replace(cashier.held().next().map(|seen| seen.payment.phase));
    };
    let desk = Desk::start(cashier, Some(client(stripe)), runtime.handle().clone(), watched).unwrap();
    Shop { desk, phase, changes }
}

async fn until(shop: &mut Shop, phase: Phase) {
    shop.phase.wait_for(|now| *now == Some(phase)).await.unwrap();
}

fn stage() -> (tempfile::TempDir, Arc<Here>, Runtime) {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    (tempfile::tempdir().unwrap(), Arc::new(Here(Mutex::new(Simulator::new(1)))), runtime)
}

async fn charge(shop: &mut Shop, number: u32) -> SaleId {
    let sale = make::sale(number);
    let id = sale.id;
    shop.desk.act(move |cashier, now| cashier.charge(now, sale, 2345)).await.unwrap().unwrap();
    until(shop, Phase::Ready).await;
    id
}

#[test]
fn a_payment_goes_all_the_way_and_is_in_the_file_when_the_desk_is_closed() {
    let (folder, stripe, runtime) = stage();
    runtime.block_on(async {
        let mut shop = open(folder.path(), &stripe, &runtime);
        let sale = charge(&mut shop, 1).await;
        let token = shop.desk.ask(move |cashier, _| cashier.seen(sale).unwrap().token.unwrap().text()).await.unwrap();
        let submit = move |cashier: &mut till::desk::DeskCashier, now| cashier.submit(now, &token, "pm_card_visa");
        shop.desk.act(submit).await.unwrap().unwrap();
        until(&mut shop, Phase::Paid).await;
        shop.desk.close().await;
        // Closed means closed: the file can be had at once.
        let mut journal = SqliteJournal::open(&folder.path().join("test.sqlite")).unwrap();
        let history = journal.history(sale).unwrap();
        assert_eq!(history.last().unwrap().entry.kind(), till::entry::Kind::Paid);
    });
    assert_eq!(stripe.0.lock().unwrap().ledger().len(), 1);
}

#[test]
fn whoever_only_reads_wakes_nobody() {
    let (folder, stripe, runtime) = stage();
    runtime.block_on(async {
        let mut shop = open(folder.path(), &stripe, &runtime);
        charge(&mut shop, 1).await;
        let before = shop.changes.load(Ordering::SeqCst);
        for _ in 0..5 {
            shop.desk.ask(|cashier, _| cashier.held().count()).await.unwrap();
        }
        assert_eq!(shop.changes.load(Ordering::SeqCst), before);
    });
}

#[test]
fn without_a_key_nothing_is_sent_and_with_one_it_goes_on() {
    let (folder, stripe, runtime) = stage();
    runtime.block_on(async {
        let mut shop = open(folder.path(), &stripe, &runtime);
        shop.desk.connect(None, None).await.unwrap();
        let sale = make::sale(1);
        let id = sale.id;
        shop.desk.act(move |cashier, now| cashier.charge(now, sale, 2345)).await.unwrap().unwrap();
        until(&mut shop, Phase::Preparing).await;
        shop.desk.connect(Some(client(&stripe)), None).await.unwrap();
        shop.desk.act(move |cashier, now| cashier.handle(now, id, Event::CheckNow)).await.unwrap().unwrap();
        until(&mut shop, Phase::Ready).await;
    });
}

#[test]
fn a_closed_desk_says_so() {
    let (folder, stripe, runtime) = stage();
    runtime.block_on(async {
        let shop = open(folder.path(), &stripe, &runtime);
        let other = shop.desk.clone();
        shop.desk.close().await;
        assert!(other.ask(|_, _| ()).await.is_err());
    });
}

#[test]
fn a_desk_without_work_reads_its_journal_to_the_end_and_writes_no_more_when_it_is_damaged() {
    let (folder, stripe, runtime) = stage();
    let file = folder.path().join("test.sqlite");
    let mut journal = SqliteJournal::open(&file).unwrap();
    let histories: Vec<_> = (1..=900).map(|number| make::void(number).1).collect();
    journal.append_histories(1, &histories).unwrap();
    drop(journal);
    let spoil = "UPDATE payment SET search = 'nothing' WHERE number = 888";
    rusqlite::Connection::open(&file).unwrap().execute_batch(spoil).unwrap();
    runtime.block_on(async {
        let shop = open(folder.path(), &stripe, &runtime);
        let found = |cashier: &mut DeskCashier, _| cashier.journal().damage().is_some();
        // Between two questions the desk has nothing to do.
        let mut questions = 0;
        while !shop.desk.ask(found).await.unwrap() {
            questions += 1;
            assert!(questions < 1_000_000, "nothing is found");
        }
        let charged = shop.desk.act(|cashier, now| cashier.charge(now, make::sale(901), 2345)).await.unwrap();
        assert!(charged.unwrap_err().to_string().contains("K-888"));
    });
}

/// So that an older copy is noticed even after a process that was killed.
#[test]
fn a_till_that_has_nothing_to_do_brings_the_mark_up_to_its_journal() {
    let (folder, stripe, runtime) = stage();
    let mark = || std::fs::read(folder.path().join("test.mark")).unwrap();
    runtime.block_on(async {
        let mut shop = open(folder.path(), &stripe, &runtime);
        let before = mark();
        let sale = make::sale(1);
        shop.desk.act(move |cashier, now| cashier.charge(now, sale, 2345)).await.unwrap().unwrap();
        until(&mut shop, Phase::Ready).await;
        while mark() == before {
            tokio::task::yield_now().await;
        }
    });
}
