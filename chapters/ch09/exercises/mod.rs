//! Chapter 9's exercises, in the book's order.

exercises! {
    9.1 is_whole;
    9.2 permits;
    9.3 idle_longest;
    9.4 wait_for_stop;
}
