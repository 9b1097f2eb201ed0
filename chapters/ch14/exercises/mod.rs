//! Chapter 14's exercises, in the book's order.

exercises! {
    14.1 native;
    14.2 application_name;
    14.3 start;
    14.4 first_block;
    14.5 input;
}
