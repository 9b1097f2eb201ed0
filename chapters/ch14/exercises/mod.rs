//! Chapter 14's exercises, in the book's order.

exercises! {
    14.1 native;
}
