//! Chapter 6's exercises, in the book's order.

exercises! {
    6.1 page_number;
    6.2 safe_target;
    6.3 client;
    6.4 safe_name;
    6.5 latin1;
}
