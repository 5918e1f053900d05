use super::*;

/// The days of 2026 and 2027 that a calendar with these lines takes off, and what was told as code, line and message.
fn read(lines: &str) -> (Vec<String>, Vec<(&'static str, usize, String)>) {
    let text = format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Larkfield//EN\n{lines}\nEND:VCALENDAR\n");
    read_text(&text.replace('\n', "\r\n"))
}

fn read_text(text: &str) -> (Vec<String>, Vec<(&'static str, usize, String)>) {
    let (days, wrong) = days_off(&SourceFile::new("holidays/us.ics", text.to_owned()));
    let days = days.into_iter().filter(|day| (2026..=2027).contains(&day.year())).map(|day| day.to_string());
    (days.collect(), wrong.into_iter().map(|own| (own.code, own.line, own.message)).collect())
}

fn event(lines: &str) -> String {
    format!(
        "BEGIN:VEVENT\nUID:a@larkfield.example\nDTSTAMP:20250101T000000Z\nSUMMARY:Founders Day\n{lines}\nEND:VEVENT"
    )
}

fn days(lines: &str) -> Vec<String> {
    let (days, wrong) = read(&event(lines));
    assert_eq!(wrong, [], "{lines}");
    days
}

fn refused(lines: &str) -> (&'static str, usize, String) {
    let (days, mut wrong) = read(&event(lines));
    assert_eq!((days.len(), wrong.len()), (0, 1), "{lines}: {days:?} {wrong:?}");
    wrong.remove(0)
}

#[test]
fn an_all_day_event_is_its_day_and_one_of_several_days_ends_before_its_end() {
    assert_eq!(days("DTSTART;VALUE=DATE:20261225"), ["2026-12-25"]);
    assert_eq!(days("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261226"), ["2026-12-25"]);
    assert_eq!(days("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261225"), ["2026-12-25"]);
    let three = ["2026-12-30", "2026-12-31", "2027-01-01"];
    assert_eq!(days("DTSTART;VALUE=DATE:20261230\nDTEND;VALUE=DATE:20270102"), three);
    assert_eq!(days("DTSTART;VALUE=DATE:20261230\nDURATION:P3D"), three);
}

#[test]
fn days_from_midnight_to_midnight_count_whatever_their_zone_is_called() {
    assert_eq!(days("DTSTART:20261225T000000\nDTEND:20261226T000000"), ["2026-12-25"]);
    assert_eq!(
        days("DTSTART;TZID=Eastern Standard Time:20261225T000000\nDTEND;TZID=Eastern Standard Time:20261227T000000"),
        ["2026-12-25", "2026-12-26"]
    );
    assert_eq!(days("DTSTART:20261225T000000Z\nDTEND:20261226T000000Z"), ["2026-12-25"]);
    assert_eq!(days("DTSTART:20261225T000000\nDURATION:PT24H"), ["2026-12-25"]);
}

#[test]
fn instants_in_utc_fall_on_the_days_of_the_calendars_own_zone() {
    let christmas = event("DTSTART:20261224T230000Z\nDTEND:20261225T230000Z");
    let (days, wrong) = read(&format!("X-WR-TIMEZONE:Europe/Berlin\n{christmas}"));
    assert_eq!((days, wrong), (vec!["2026-12-25".to_owned()], vec![]));
}

#[test]
fn a_part_of_a_day_is_no_day_off_and_that_is_said() {
    let (code, line, message) = refused("DTSTART:20261224T140000\nDTEND:20261224T180000");
    assert_eq!((code, line), ("ics-part-of-day", 4));
    assert!(message.contains("`Founders Day`") && message.contains("2026-12-24 14:00"), "{message}");
    assert_eq!(refused("DTSTART:20261224T230000Z\nDTEND:20261225T230000Z").0, "ics-part-of-day");
}

#[test]
fn what_comes_every_year_comes_by_its_rule_without_its_exceptions() {
    assert_eq!(days("DTSTART;VALUE=DATE:20200704\nRRULE:FREQ=YEARLY"), ["2026-07-04", "2027-07-04"]);
    let fourth = "DTSTART;VALUE=DATE:20201126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH";
    assert_eq!(days(fourth), ["2026-11-26", "2027-11-25"]);
    assert_eq!(days(&format!("{fourth}\nEXDATE;VALUE=DATE:20251127,20261126")), ["2027-11-25"]);
    assert_eq!(days("DTSTART;VALUE=DATE:20260403\nRDATE;VALUE=DATE:20270326"), ["2026-04-03", "2027-03-26"]);
    let two_days = "DTSTART;VALUE=DATE:20201224\nDTEND;VALUE=DATE:20201226\nRRULE:FREQ=YEARLY;UNTIL=20261224";
    assert_eq!(days(two_days), ["2026-12-24", "2026-12-25"]);
}

#[test]
fn one_time_that_is_moved_or_cancelled_leaves_its_old_day() {
    let series = event("DTSTART;VALUE=DATE:20200704\nRRULE:FREQ=YEARLY");
    let moved = event("DTSTART;VALUE=DATE:20260703\nRECURRENCE-ID;VALUE=DATE:20260704");
    assert_eq!(read(&format!("{series}\n{moved}")).0, ["2026-07-03", "2027-07-04"]);
    let cancelled = event("DTSTART;VALUE=DATE:20260704\nRECURRENCE-ID;VALUE=DATE:20260704\nSTATUS:CANCELLED");
    assert_eq!(read(&format!("{series}\n{cancelled}")).0, ["2027-07-04"]);
    assert_eq!(days("DTSTART;VALUE=DATE:20261225\nSTATUS:CANCELLED"), Vec::<String>::new());
}

#[test]
fn a_rule_that_is_not_understood_refuses_the_event_at_its_line() {
    let (code, line, message) = refused("DTSTART;VALUE=DATE:20260217\nRRULE:RSCALE=CHINESE;FREQ=YEARLY");
    assert_eq!((code, line), ("ics-rule", 4));
    assert!(message.contains("`Founders Day`") && message.contains("RSCALE=CHINESE"), "{message}");
    assert_eq!(refused("DTSTART;VALUE=DATE:20260217\nRRULE:FREQ=WEEKLY").0, "ics-rule");
    assert_eq!(refused("DTSTART;VALUE=DATE:20260217\nRRULE:FREQ=YEARLY\nEXRULE:FREQ=YEARLY;INTERVAL=2").0, "ics-rule");
}

#[test]
fn what_cannot_be_read_is_named_never_skipped() {
    for (lines, what) in [
        ("DTSTART;VALUE=DATE:2026-12-25", "no readable DTSTART"),
        ("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261324", "no readable DTEND"),
        ("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261224", "no readable DTEND"),
        ("DTSTART;VALUE=DATE:20261225\nDURATION:a day", "no readable DURATION"),
        ("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY\nEXDATE:Christmas", "no readable EXDATE"),
        ("DTSTART;VALUE=DATE:20260601\nDTEND;VALUE=DATE:20260901", "lasts 92 days"),
        ("CLASS:PUBLIC", "no readable DTSTART"),
    ] {
        let (code, line, message) = refused(lines);
        assert_eq!((code, line), ("bad-ics", 4), "{lines}");
        assert!(message.contains(what), "{lines}: {message}");
    }
    assert_eq!(read_text("Christmas is on the 25th").1[0].0, "bad-ics");
    assert_eq!(read_text("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n").1[0].0, "bad-ics");
}

#[test]
fn a_file_as_it_is_downloaded_is_read_whole() {
    let text = "\u{feff}BEGIN:VCALENDAR\r\nPRODID:-//Google Inc//Google Calendar 70.9054//EN\r\nVERSION:2.0\r\n\
        CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\nX-WR-CALNAME:Holidays in United States\r\nX-WR-TIMEZONE:UTC\r\n\
        BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260619\r\nDTEND;VALUE=DATE:20260620\r\nDTSTAMP:20250101T000000Z\r\n\
        UID:20260619_juneteenth@google.com\r\nCLASS:PUBLIC\r\nDESCRIPTION:Public holiday\\, observed by banks and\r\n  \
        by most employers\\; see BEGIN:VEVENT\r\nSUMMARY:Juneteenth\r\nTRANSP:TRANSPARENT\r\nSTATUS:CONFIRMED\r\n\
        BEGIN:VALARM\r\nTRIGGER:-PT15M\r\nACTION:DISPLAY\r\nDESCRIPTION:Reminder\r\nEND:VALARM\r\nEND:VEVENT\r\n\
        END:VCALENDAR\r\nBEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Apple Inc.//macOS 14.0//EN\r\n\
        BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:19961027T030000\r\n\
        RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\n\
        END:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:b\r\nDTSTAMP:20250101T000000Z\r\nSUMMARY;LANGUAGE=de:Tag der Arbeit\r\n\
        DTSTART;VALUE=DATE:19960501\r\nRRULE:FREQ=YEARLY;BY\r\n MONTH=5\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\n\
        BEGIN:VJOURNAL\r\nUID:c\r\nDTSTART;VALUE=DATE:20260101\r\nEND:VJOURNAL\r\nEND:VCALENDAR\r\n";
    let (days, wrong) = read_text(text);
    assert_eq!((days, wrong), (["2026-05-01", "2026-06-19", "2027-05-01"].map(str::to_owned).to_vec(), vec![]));
}
