use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake};
use std::thread::{self, Thread};

/// The thread that waits, and whether it need not any more.
struct Sleeper {
    thread: Thread,
    is_woken: AtomicBool,
}

impl Wake for Sleeper {
    fn wake(self: Arc<Self>) {
        self.is_woken.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

/// What a future comes to, for a thread that waits until it is there.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let (thread, is_woken) =
        (thread::current(), AtomicBool::new(false));
    let sleeper = Arc::new(Sleeper { thread, is_woken });
    let waker = Arc::clone(&sleeper).into();
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context)
        {
            return output;
        }
        while !sleeper.is_woken.swap(false, Ordering::Acquire) {
            thread::park();
        }
    }
}
