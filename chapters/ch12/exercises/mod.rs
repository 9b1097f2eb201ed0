//! Chapter 12's exercises, in the book's order.

exercises! {
    12.1 causes;
    12.2 frames;
    12.3 is_ours;
    12.4 covered;
    12.5 may_replay;
}
