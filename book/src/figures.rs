//! What the author writes as a directive, and the page shows as a figure.

pub mod around;
pub mod attack;
pub mod choices;
pub mod compile_fail;
pub mod console;
pub mod context;
pub mod directive;
pub mod drawing;
pub mod exchange;
pub mod figure;
pub mod html;
pub mod inline;
pub mod listing;
pub mod map;
pub mod opener;
pub mod places;
pub mod reading;
pub mod roles;
pub mod rules;
pub mod sabotage;
