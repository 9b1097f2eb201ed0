//! Blocks that need what their request has left in the thread.

use crate::visit::Visit;

pub fn visit(visit: &mut Visit) {
    visit.get("/context?a=1&b=2&c=3");
    let answer = visit.get("/local?text=one");
    assert_eq!(answer.text(), "0: one\n1: one\n2: one\n");
    visit.get("/local?text=two");
}
