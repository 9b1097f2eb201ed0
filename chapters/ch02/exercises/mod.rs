//! Chapter 2's exercises, in the book's order.

exercises! {
    2.1 two_cookies;
    2.2 get_only;
    2.3 counted;
    2.4 deny_frames;
    2.5 closing;
}
