//! Chapter 7's exercises, in the book's order.

exercises! {
    7.1 padding;
    7.2 pair_length;
    7.3 records;
    7.4 values;
    7.5 answer;
}
