//! What is to be built, and who waits for it.

use std::collections::BTreeSet;
use std::mem::take;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Where pages are ordered. Builds take memory that a thread does not
/// give back, and two at a time would take longer: one thread does them
/// all, and requests wait for it.
#[derive(Default)]
pub struct Desk {
    orders: Mutex<Orders>,
    news: Condvar,
}

#[derive(Default)]
struct Orders {
    wanted: BTreeSet<String>,
    /// How many builds were begun, and how many of them are over.
    begun: u64,
    over: u64,
}

impl Desk {
    /// Orders something, and waits until it is built, for so long at
    /// the most. A build that is under way may have read what was saved
    /// since: it is the next that counts.
    pub fn order(&self, name: &str, limit: Duration) {
        let mut orders = self.orders();
        orders.wanted.insert(name.into());
        let number = orders.begun + 1;
        self.news.notify_all();
        let is_early = |orders: &mut Orders| orders.over < number;
        let waited =
            self.news.wait_timeout_while(orders, limit, is_early);
        drop(waited);
    }

    /// Waits for orders, and takes all that there are.
    pub fn next(&self) -> BTreeSet<String> {
        let is_idle = |orders: &mut Orders| orders.wanted.is_empty();
        let orders = self.news.wait_while(self.orders(), is_idle);
        let mut orders = orders.unwrap_or_else(PoisonError::into_inner);
        orders.begun += 1;
        take(&mut orders.wanted)
    }

    /// What was taken is built, or cannot be.
    pub fn finish(&self) {
        let mut orders = self.orders();
        orders.over = orders.begun;
        self.news.notify_all();
    }

    fn orders(&self) -> MutexGuard<'_, Orders> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::thread;

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn who_orders_during_a_build_waits_for_the_next() {
        let desk = Desk::default();
        let (served, is_served) = mpsc::channel();
        thread::scope(|scope| {
            let first = scope.spawn(|| desk.order("a", LONG));
            assert_eq!(desk.next(), BTreeSet::from(["a".into()]));
            scope.spawn(|| {
                desk.order("b", LONG);
                served.send(()).unwrap();
            });
            while desk.orders().wanted.is_empty() {
                thread::yield_now();
            }
            desk.finish();
            first.join().unwrap();
            assert!(is_served.try_recv().is_err());
            assert_eq!(desk.next(), BTreeSet::from(["b".into()]));
            assert!(is_served.try_recv().is_err());
            desk.finish();
            is_served.recv_timeout(LONG).expect("b is served");
        });
    }

    #[test]
    fn nobody_waits_for_longer_than_the_limit() {
        let desk = Desk::default();
        desk.order("a", Duration::from_millis(1));
        desk.order("b", Duration::from_millis(1));
        let both = BTreeSet::from(["a".into(), "b".into()]);
        assert_eq!(desk.next(), both);
    }
}
