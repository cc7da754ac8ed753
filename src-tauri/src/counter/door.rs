//! One change of mode at a time.
//!
//! A change may wait for a keychain that asks a person, and meanwhile the person may want another mode. Whoever comes last
//! is meant: each wait of an earlier one ends then, and what it was waiting for changes nothing any more, however late it
//! comes. Settings, desk, screen and card page change together, in a step that nothing interrupts.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Mutex, MutexGuard, watch};

/// Only one can be inside.
#[derive(Debug)]
pub struct Door {
    newest: watch::Sender<u64>,
    /// Wishes that have not come to an end.
    waiting: AtomicU64,
    inside: Mutex<()>,
}

/// Somebody wanted another mode meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Superseded;

impl Default for Door {
    fn default() -> Self {
        Self { newest: watch::Sender::new(0), waiting: AtomicU64::new(0), inside: Mutex::default() }
    }
}

impl Door {
    /// Somebody wants another mode. From now on no earlier wish is waited for.
    pub fn wish(&self) -> Wish<'_> {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        let mut number = 0;
        self.newest.send_modify(|newest| {
            *newest += 1;
            number = *newest;
        });
        Wish { door: self, number, newest: self.newest.subscribe() }
    }

    /// Whether a mode is about to be another one, so that nothing should begin in the one that is open.
    pub fn is_changing(&self) -> bool {
        self.waiting.load(Ordering::Acquire) > 0
    }

    /// Waits until no change is under way, and keeps others out.
    pub async fn quiet(&self) -> MutexGuard<'_, ()> {
        self.inside.lock().await
    }
}

/// A change that somebody wants. It ends when it is dropped.
#[derive(Debug)]
pub struct Wish<'a> {
    door: &'a Door,
    number: u64,
    newest: watch::Receiver<u64>,
}

impl<'a> Wish<'a> {
    /// Waits for what the change needs, for as long as it is the newest.
    ///
    /// # Errors
    /// [`Superseded`]. What was waited for is left alone.
    pub async fn wait<T>(&mut self, awaited: impl Future<Output = T>) -> Result<T, Superseded> {
        let number = self.number;
        tokio::select! {
            biased;
            _ = self.newest.wait_for(|newest| *newest != number) => Err(Superseded),
            came = awaited => Ok(came),
        }
    }

    /// Goes in, once nobody else is inside.
    ///
    /// # Errors
    /// [`Superseded`].
    pub async fn enter(&mut self) -> Result<MutexGuard<'a, ()>, Superseded> {
        let door = self.door;
        self.wait(door.quiet()).await
    }
}

impl Drop for Wish<'_> {
    fn drop(&mut self) {
        self.door.waiting.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tauri::async_runtime::block_on;
    use tokio::sync::oneshot;

    use super::*;

    type Mode = &'static str;

    /// A till as far as its mode is concerned: what the settings say, what is on the screen, which desk works.
    #[derive(Debug, Default)]
    struct Till {
        door: Door,
        is: std::sync::Mutex<[Mode; 3]>,
    }

    impl Till {
        /// Changes the mode once the keychain has answered.
        async fn change(&self, mode: Mode, keychain: oneshot::Receiver<bool>) -> Result<(), &'static str> {
            let mut wish = self.door.wish();
            let _inside = wish.enter().await.map_err(|Superseded| "changing")?;
            let opened = wish.wait(keychain).await.map_err(|Superseded| "changing")?;
            if opened != Ok(true) {
                return Err("locked");
            }
            for place in 0..3 {
                self.is.lock().unwrap()[place] = mode;
                tokio::task::yield_now().await;
            }
            Ok(())
        }

        fn is(&self) -> [Mode; 3] {
            *self.is.lock().unwrap()
        }
    }

    /// Two wishes, one after the other, and their keychains' answers in either order.
    fn two(first_answers_first: bool) -> ([Result<(), &'static str>; 2], [Mode; 3], bool) {
        block_on(async {
            let till = Arc::new(Till::default());
            let (answer_first, first) = oneshot::channel();
            let (answer_second, second) = oneshot::channel();
            let begin = |mode, keychain| {
                let till = Arc::clone(&till);
                tokio::spawn(async move { till.change(mode, keychain).await })
            };
            let test = begin("test", first);
            // The first is inside and waits for its keychain.
            while till.door.inside.try_lock().is_ok() {
                tokio::task::yield_now().await;
            }
            let training = begin("training", second);
            while *till.door.newest.borrow() < 2 {
                tokio::task::yield_now().await;
            }
            if first_answers_first {
                let _ = answer_first.send(true);
                let _ = answer_second.send(true);
            } else {
                let _ = answer_second.send(true);
                let _ = answer_first.send(true);
            }
            let ended = [test.await.unwrap(), training.await.unwrap()];
            (ended, till.is(), till.door.is_changing())
        })
    }

    #[test]
    fn whoever_comes_last_is_meant_whenever_the_keychains_answer() {
        for first_answers_first in [true, false] {
            let ended = two(first_answers_first);
            assert_eq!(ended, ([Err("changing"), Ok(())], ["training"; 3], false), "{first_answers_first}");
        }
    }

    #[test]
    fn a_change_that_is_refused_leaves_everything_as_it_was_and_the_door_open() {
        block_on(async {
            let till = Till::default();
            let (locked, keychain) = oneshot::channel();
            let _ = locked.send(false);
            assert_eq!(till.change("live", keychain).await, Err("locked"));
            assert_eq!((till.is(), till.door.is_changing()), ([""; 3], false));
            let (open, keychain) = oneshot::channel();
            let _ = open.send(true);
            assert_eq!(till.change("live", keychain).await, Ok(()));
            assert_eq!(till.is(), ["live"; 3]);
        });
    }

    #[test]
    fn a_step_that_has_begun_is_finished_before_the_next_one_begins() {
        block_on(async {
            let till = Arc::new(Till::default());
            let changes = (0..20).map(|round| {
                let (open, keychain) = oneshot::channel();
                let _ = open.send(true);
                let till = Arc::clone(&till);
                let mode = if round % 2 == 0 { "test" } else { "training" };
                tokio::spawn(async move { till.change(mode, keychain).await })
            });
            for change in changes.collect::<Vec<_>>() {
                let ended = change.await.unwrap();
                assert!(matches!(ended, Ok(()) | Err("changing")), "{ended:?}");
            }
            let [settings, screen, desk] = till.is();
            assert!(settings == screen && screen == desk && !settings.is_empty(), "{:?}", till.is());
            assert!(!till.door.is_changing());
        });
    }
}
