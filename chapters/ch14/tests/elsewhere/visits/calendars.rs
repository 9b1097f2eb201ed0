//! Radicale: calendars.

use crate::visit::Visit;

const CALENDAR: &[u8] = b"<?xml version=\"1.0\"?>\
    <C:mkcalendar xmlns=\"DAV:\" \
    xmlns:C=\"urn:ietf:params:xml:ns:caldav\"><set><prop>\
    <displayname>Work</displayname></prop></set></C:mkcalendar>";

const EVENT: &[u8] = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n\
    PRODID:-//by hand//EN\r\nBEGIN:VEVENT\r\nUID:one\r\n\
    DTSTAMP:20260101T000000Z\r\nDTSTART:20260102T100000Z\r\n\
    DTEND:20260102T110000Z\r\nSUMMARY:Caf\xc3\xa9\r\n\
    END:VEVENT\r\nEND:VCALENDAR\r\n";

const QUERY: &[u8] = b"<?xml version=\"1.0\"?>\
    <C:calendar-query xmlns=\"DAV:\" \
    xmlns:C=\"urn:ietf:params:xml:ns:caldav\"><prop><getetag/>\
    <C:calendar-data/></prop><C:filter>\
    <C:comp-filter name=\"VCALENDAR\"/></C:filter></C:calendar-query>";

const NAMES: &[u8] = b"<?xml version=\"1.0\"?>\
    <propfind xmlns=\"DAV:\"><prop><displayname/><resourcetype/>\
    <current-user-principal/></prop></propfind>";

pub fn visit(visit: &mut Visit) {
    visit.masked = &["last-modified"];
    visit.masks = &[("getlastmodified>", '<')];
    visit.get("/");
    visit.get("/.web/");
    visit.get("/.web/css/main.css");
    visit.ask("OPTIONS /", &[], b"");
    visit.ask("PROPFIND /", &["Depth: 0"], NAMES);
    visit.get("/ada/");
    visit.fields = vec!["Authorization: Basic YWRhOnNlY3JldA==".into()];
    visit.ask("PROPFIND /", &["Depth: 0"], NAMES);
    visit.ask("PROPFIND /ada/", &["Depth: 1"], NAMES);
    visit.ask("MKCALENDAR /ada/work/", &[], CALENDAR);
    visit.ask("MKCALENDAR /ada/work/", &[], CALENDAR);
    visit.ask("PUT /ada/work/one.ics", &[], EVENT);
    visit.ask("PUT /ada/work/two.ics", &[], b"no event");
    visit.ask("PUT /ada/work/one.ics", &["If-None-Match: *"], EVENT);
    visit.ask("PROPFIND /ada/work/", &["Depth: 1"], NAMES);
    visit.ask("REPORT /ada/work/", &["Depth: 1"], QUERY);
    visit.get("/ada/work/one.ics");
    visit.ask("HEAD /ada/work/one.ics", &[], b"");
    visit.get("/ada/work/");
    visit.get("/ada/work/none.ics");
    visit.get("/bob/");
    visit.ask("DELETE /ada/work/one.ics", &[], b"");
    visit.ask("DELETE /ada/work/one.ics", &[], b"");
    visit.ask("DELETE /ada/work/", &[], b"");
}
