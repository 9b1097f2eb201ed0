//! The pages in a browser: what is alive there, and how it looks.

mod attack;
mod axe;
mod bars;
mod book;
mod debugger;
mod exchanges;
mod exercises;
mod firefox;
mod keyboard;
mod listings;
mod map;
mod messages;
mod openers;
mod origins;
mod phone;
mod pictures;
mod predictions;
mod sessions;
mod several;
mod site;
mod steps;
