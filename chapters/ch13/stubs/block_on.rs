use std::pin::pin;
use std::task::Context;
use std::thread;

/// What a future comes to, for a thread that waits until it is there.
///
/// It is polled at first, and then once for each time that it has been
/// woken. Wake-ups that come before it is polled again may count as
/// one. It is woken with the waker of the context that it was polled
/// with, by any thread, at any time: while it is being polled, too, and
/// when it has long been ready, which has no effect.
///
/// Meanwhile the thread sleeps in `thread::park`, and the waker calls
/// it with `unpark`. Others may unpark it as well, and mean something
/// else: that is not a reason to poll. And a poll may park the thread
/// itself, as locks and channels do, and use up the waker's `unpark`:
/// the wake-up must not be lost with it.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let _ = (pin!(future), Context::from_waker, thread::park);
    todo!("exercise 13.5: when is it ready?")
}
