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

/// What was ordered: it comes with the build of this number.
pub struct Order(u64);

#[derive(Default)]
struct Orders {
    wanted: BTreeSet<String>,
    /// How many builds were begun, and how many of them are over.
    begun: u64,
    over: u64,
}

impl Desk {
    /// Orders something. A build that is under way may have read what
    /// was saved since, so the next will bring it.
    pub fn order(&self, name: &str) -> Order {
        let mut orders = self.orders();
        orders.wanted.insert(name.into());
        self.news.notify_all();
        Order(orders.begun + 1)
    }

    /// Waits until it is built, for so long at the most.
    pub fn wait(&self, Order(number): Order, limit: Duration) {
        let is_early = |orders: &mut Orders| orders.over < number;
        let orders = self.orders();
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
    use std::thread;

    #[test]
    fn what_is_ordered_during_a_build_comes_with_the_next() {
        let desk = Desk::default();
        let all = |names: &[&str]| {
            names.iter().map(|name| name.to_string()).collect()
        };
        let first = desk.order("a");
        let is_over = |order: &Order| desk.orders().over >= order.0;
        let taken: BTreeSet<String> = desk.next();
        assert_eq!(taken, all(&["a"]));
        let (second, third) = (desk.order("a"), desk.order("b"));
        desk.finish();
        assert!(is_over(&first));
        assert!(!is_over(&second) && !is_over(&third));
        assert_eq!(desk.next(), all(&["a", "b"]));
        assert!(!is_over(&second));
        desk.finish();
        assert!(is_over(&second) && is_over(&third));
    }

    #[test]
    fn who_waits_is_called_and_waits_no_longer_than_the_limit() {
        let desk = Desk::default();
        desk.wait(desk.order("a"), Duration::from_millis(1));
        let (order, long) = (desk.order("b"), Duration::from_secs(60));
        thread::scope(|scope| {
            let waiter = scope.spawn(|| desk.wait(order, long));
            desk.next();
            desk.finish();
            waiter.join().unwrap();
        });
    }
}
