//! Chapter 9's exercises, in the book's order.

exercises! {}
