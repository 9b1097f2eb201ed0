//! A browser that reads pages.

use crate::LIMIT;
use headless_chrome::browser::tab::ModifierKey;
use headless_chrome::protocol::cdp::types::Event;
use headless_chrome::protocol::cdp::{
    Emulation, Network, Page, Runtime,
};
use headless_chrome::{Browser, LaunchOptions, Tab};
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// A browser, with one page open.
pub struct Reader {
    pub tab: Arc<Tab>,
    seen: Arc<Mutex<Seen>>,
    browser: Browser,
}

/// What a page has done.
#[derive(Default)]
struct Seen {
    /// Errors and exceptions, in the console.
    errors: Vec<String>,
    /// The addresses of all requests.
    requests: Vec<String>,
}

impl Reader {
    pub fn start(chromium: &Path) -> Self {
        let arguments = [
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-gpu",
            "--disable-quic",
            "--disable-sync",
            "--no-first-run",
            "--allow-file-access-from-files",
        ];
        let options = LaunchOptions::default_builder()
            .path(Some(chromium.to_path_buf()))
            .sandbox(false)
            .window_size(Some((1200, 900)))
            .idle_browser_timeout(Duration::from_secs(300))
            .args(arguments.iter().map(OsStr::new).collect())
            .build()
            .expect("options");
        Self::of(Browser::new(options).expect("a browser"))
    }

    /// Another tab of the same browser.
    #[must_use]
    pub fn beside(&self) -> Self {
        Self::of(self.browser.clone())
    }

    fn of(browser: Browser) -> Self {
        let tab = browser.new_tab().expect("a tab");
        tab.set_default_timeout(LIMIT);
        let seen = Arc::<Mutex<Seen>>::default();
        let noted = Arc::clone(&seen);
        let listen = move |event: &Event| {
            if let Ok(mut seen) = noted.lock() {
                seen.note(event);
            }
        };
        tab.add_event_listener(Arc::new(listen)).expect("events");
        tab.enable_runtime().expect("the console");
        tab.enable_log().expect("the log");
        let network = Network::Enable {
            max_total_buffer_size: None,
            max_resource_buffer_size: None,
            max_post_data_size: None,
            report_direct_socket_traffic: None,
            enable_durable_messages: None,
        };
        tab.call_method(network).expect("the network");
        let reader = Self { tab, seen, browser };
        // A page asks for its state ten times a second, and all that
        // was asked for is to be remembered.
        reader.on_each_page(
            "performance.setResourceTimingBufferSize(100_000)",
        );
        reader
    }

    /// Has something done on each page before its own scripts, until
    /// the result is given back to `release`.
    pub fn on_each_page(&self, script: &str) -> String {
        let method = Page::AddScriptToEvaluateOnNewDocument {
            source: script.into(),
            world_name: None,
            include_command_line_api: None,
            run_immediately: None,
        };
        let added = self.tab.call_method(method).expect("a script");
        added.identifier
    }

    pub fn release(&self, identifier: String) {
        let method =
            Page::RemoveScriptToEvaluateOnNewDocument { identifier };
        self.tab.call_method(method).expect("no script");
    }

    /// Opens a page, and waits until it is there.
    pub fn open(&self, address: &str) {
        self.another(|| {
            self.tab.navigate_to(address).expect("an address");
        });
    }

    /// Does what leads to another page, or to the same anew, and waits
    /// until it is there.
    pub fn go(&self, how: &str) {
        self.another(|| self.run(how));
    }

    /// Loads the page anew, as F5 does.
    pub fn reload(&self) {
        self.go("location.reload()");
    }

    fn another(&self, load: impl FnOnce()) {
        let before = self.text("performance.timeOrigin");
        load();
        self.wait(&format!(
            "performance.timeOrigin !== {before} && \
             document.readyState === 'complete'"
        ));
    }

    /// Waits until all exchanges are as they were left, and loads what
    /// a page loads when one edits first, so that *Edit* has done its
    /// work when it was clicked.
    pub fn get_ready_to_edit(&self) {
        self.wait(
            "document.readyState === 'complete' && \
             [...document.querySelectorAll('figure.exchange')]\
             .every(({ live }) => live && !live.saved)",
        );
        self.value("Parts.load(...Exchange.EDITING).then(() => true)");
    }

    /// The value of an expression, in JavaScript.
    ///
    /// # Panics
    ///
    /// It throws something: the page is not as it is taken to be.
    pub fn value(&self, expression: &str) -> Value {
        let value = self.evaluate(expression);
        value.unwrap_or_else(|e| panic!("{expression}: {e}"))
    }

    fn evaluate(&self, expression: &str) -> Result<Value, String> {
        let method = json!({
            "expression": expression,
            "awaitPromise": true,
        });
        let method: Runtime::Evaluate =
            serde_json::from_value(method).expect("its parts");
        let done = self.tab.call_method(method);
        let done = done.map_err(|error| error.to_string())?;
        match done.exception_details {
            None => Ok(done.result.value.unwrap_or_default()),
            Some(thrown) => Err(format!("{:?}", thrown.exception)),
        }
    }

    pub fn text(&self, expression: &str) -> String {
        let value = self.value(expression);
        value.as_str().map_or_else(|| value.to_string(), String::from)
    }

    pub fn number(&self, expression: &str) -> f64 {
        let value = self.value(expression);
        value
            .as_f64()
            .unwrap_or_else(|| panic!("{expression}: {value}"))
    }

    /// Does something, in JavaScript.
    pub fn run(&self, statement: &str) {
        self.value(&format!("{{ {statement}; }} null"));
    }

    /// Waits until an expression is true.
    pub fn wait(&self, expression: &str) {
        let deadline = Instant::now() + LIMIT;
        loop {
            // A page that is being loaded has no answer.
            let value = self.evaluate(expression);
            if value == Ok(true.into()) {
                return;
            }
            let now = Instant::now();
            assert!(now < deadline, "never: {expression}: {value:?}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until an expression has this text.
    pub fn wait_for(&self, expression: &str, text: &str) {
        let is_text = format!("({expression}) === {}", json!(text));
        self.wait(&is_text);
    }

    pub fn press(&self, key: &str) {
        self.tab.press_key(key).expect("a key");
    }

    pub fn press_with_control(&self, key: &str) {
        let control = Some(&[ModifierKey::Ctrl][..]);
        self.tab.press_key_with_modifiers(key, control).expect("a key");
    }

    /// Makes the window so wide.
    pub fn resize(&self, width: u32) {
        let metrics = json!({
            "width": width,
            "height": 900,
            "deviceScaleFactor": 1,
            "mobile": false,
        });
        let metrics: Emulation::SetDeviceMetricsOverride =
            serde_json::from_value(metrics).expect("its parts");
        self.tab.call_method(metrics).expect("a size");
        self.wait(&format!("innerWidth === {width}"));
    }

    /// A finger takes the mouse's place.
    pub fn be_touched(&self) {
        let touch = Emulation::SetTouchEmulationEnabled {
            enabled: true,
            max_touch_points: Some(1),
        };
        self.tab.call_method(touch).expect("a finger");
    }

    pub fn prefer(&self, scheme: &str) {
        let feature = Emulation::MediaFeature {
            name: "prefers-color-scheme".into(),
            value: scheme.into(),
        };
        let media = Emulation::SetEmulatedMedia {
            media: None,
            features: Some(vec![feature]),
        };
        self.tab.call_method(media).expect("a scheme");
    }

    /// A picture of the first element that a selector names, with
    /// twice as many points as the page has.
    pub fn picture(&self, selector: &str) -> Vec<u8> {
        self.run(&format!(
            "document.querySelector('{selector}').scrollIntoView()"
        ));
        self.value("new Promise((go) => requestAnimationFrame(go))");
        let part = |name| {
            self.number(&format!(
                "document.querySelector('{selector}')\
                 .getBoundingClientRect().{name}"
            ))
        };
        let clip = Page::Viewport {
            x: part("x") + self.number("scrollX"),
            y: part("y") + self.number("scrollY"),
            width: part("width"),
            height: part("height"),
            scale: 2.0,
        };
        let format = Page::CaptureScreenshotFormatOption::Png;
        self.tab
            .capture_screenshot(format, None, Some(clip), true)
            .expect("a picture")
    }

    /// A picture of what the window shows.
    pub fn window(&self) -> Vec<u8> {
        let format = Page::CaptureScreenshotFormatOption::Png;
        self.tab
            .capture_screenshot(format, None, None, true)
            .expect("a picture")
    }

    /// Turns the pages' own scripts off.
    pub fn without_scripts(&self) {
        let off = Emulation::SetScriptExecutionDisabled { value: true };
        self.tab.call_method(off).expect("no scripts");
    }

    /// The errors in the console, so far.
    pub fn errors(&self) -> Vec<String> {
        self.seen.lock().expect("a lock").errors.clone()
    }

    /// The addresses that were asked for, so far.
    pub fn requests(&self) -> Vec<String> {
        self.seen.lock().expect("a lock").requests.clone()
    }
}

impl Seen {
    fn note(&mut self, event: &Event) {
        match event {
            Event::RuntimeExceptionThrown(event) => {
                let details = &event.params.exception_details;
                self.errors.push(format!("{details:?}"));
            }
            Event::LogEntryAdded(event) => {
                let entry = &event.params.entry;
                let level = format!("{:?}", entry.level);
                if level == "Error" {
                    let address = entry.url.clone().unwrap_or_default();
                    self.errors
                        .push(format!("{} {address}", entry.text));
                }
            }
            Event::RuntimeConsoleAPICalled(event) => {
                let kind = format!("{:?}", event.params.Type);
                if kind == "Error" {
                    self.errors
                        .push(format!("{:?}", event.params.args));
                }
            }
            Event::NetworkRequestWillBeSent(event) => {
                self.requests.push(event.params.request.url.clone());
            }
            _ => {}
        }
    }
}
