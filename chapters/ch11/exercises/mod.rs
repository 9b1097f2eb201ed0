//! Chapter 11's exercises, in the book's order.

exercises! {
    11.1 cookie;
    11.2 verified;
    11.3 merged;
    11.4 is_over;
    11.5 own_forms_only;
}
