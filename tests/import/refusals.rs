//! What does not land, and why.

use playcaller::portfolio::import::{ImportReport, Kind};

use super::{Given, counts, on_each};

async fn seeded(given: &Given) {
    given.import(Kind::Accounts, "a.csv", "id\nacme\nbolt\n").await;
    given.import(Kind::Contacts, "c.csv", "id,account,email\npat,acme,pat@acme.example\n").await;
    given
        .import(Kind::Events, "e.csv", "id,kind,account,at,score\ne1,nps_response,acme,2026-06-01T10:00:00Z,9\n")
        .await;
}

fn places(report: &ImportReport) -> Vec<(u64, &str)> {
    report.refused.iter().map(|refusal| (refusal.line, refusal.field.as_deref().unwrap_or("-"))).collect()
}

#[tokio::test]
async fn a_bad_row_is_refused_with_its_line_and_field_and_the_good_ones_land() {
    let files = [
        (
            Kind::Accounts,
            "id,arr,owner,status,renewal_date,timezone\n\
            a,1,dana,active,2026-01-01,Europe/Berlin\n\
            b,1000 USD,,,,\n\
            c,,danna,,,\n\
            d,,,activ,,\n\
            e,,,,01/02/2026,\n\
            f,,,,,Europe/Berln\n\
            a,2,,,,\n\
            ,3,,,,\n\
            g,1\n",
            vec![
                (3, "arr"),
                (4, "owner"),
                (5, "status"),
                (6, "renewal_date"),
                (7, "timezone"),
                (8, "id"),
                (9, "id"),
                (10, "-"),
            ],
        ),
        (
            Kind::Contacts,
            "id,account,email,personas\n\
            kit,bolt,kit@bolt.example,admin\n\
            pat,bolt,pat@bolt.example,\n\
            lou,nobody,lou@bolt.example,\n\
            max,bolt,max@bolt,\n\
            ida,bolt,,champoin\n",
            vec![(3, "id"), (4, "account"), (5, "email"), (6, "personas")],
        ),
        (
            Kind::Metrics,
            "account,metric,date,value\n\
            acme,logins,2026-06-01,1\n\
            acme,login,2026-06-01,1\n\
            acme,logins,2026-06-31,1\n\
            acme,logins,2026-06-02,\n\
            acme,logins,2026-06-01,2\n\
            nobody,logins,2026-06-01,2\n",
            vec![(3, "metric"), (4, "date"), (5, "value"), (6, "date"), (7, "account")],
        ),
        (
            Kind::Events,
            "id,kind,account,contact,at,score\n\
            e2,nps_response,acme,pat,2026-06-02T10:00:00Z,9\n\
            e1,nps_response,acme,,2026-06-01T10:00:00Z,3\n\
            e3,nps,acme,,2026-06-01T10:00:00Z,\n\
            e4,nps_response,bolt,pat,2026-06-01T10:00:00Z,\n\
            e5,nps_response,acme,lou,2026-06-01T10:00:00Z,\n\
            e6,nps_response,acme,,2026-06-01,\n\
            e2,nps_response,acme,pat,2026-06-02T10:00:00Z,9\n",
            vec![(3, "id"), (4, "kind"), (5, "contact"), (6, "contact"), (7, "at"), (8, "id")],
        ),
        (
            Kind::People,
            "id,name,email,manager\n\
            kim,Kim Osei,kim@us.example,dana\n\
            lee,,,\n\
            ray,Ray,ray at us.example,\n\
            sam,Sam,,nobody\n\
            kim,Kim,,\n\
            dana,Dana,,\n",
            vec![(3, "name"), (4, "email"), (5, "manager"), (6, "id"), (7, "id")],
        ),
    ];
    on_each(async |given| {
        seeded(&given).await;
        for (kind, text, refused) in &files {
            let report = given.import(*kind, "rows.csv", text).await;
            assert_eq!(places(&report), *refused, "{kind:?}: {report:#?}");
            assert_eq!(counts(&report)[0], 1, "{kind:?}: the good row lands");
        }
    })
    .await;
}

#[tokio::test]
async fn a_header_that_does_not_fit_refuses_the_whole_file_at_line_1() {
    let files = [
        (Kind::Accounts, "id,arrr\nx,1\n", "arrr", "did you mean `arr`"),
        (Kind::Accounts, "name\nAcme\n", "id", "missing"),
        (Kind::Accounts, "id,segment\nx,smb\n", "segment", "computed"),
        (Kind::Accounts, "id,name,name\nx,a,b\n", "name", "twice"),
        (Kind::Contacts, "id,email\nx,x@acme.example\n", "account", "missing"),
        (Kind::Metrics, "account,metric,value\nacme,logins,1\n", "date", "missing"),
    ];
    on_each(async |given| {
        for (kind, text, field, reason) in files {
            let report = given.import(kind, "rows.csv", text).await;
            assert_eq!(report.read, 0);
            assert_eq!(places(&report), [(1, field)]);
            assert!(report.refused[0].reason.contains(reason), "{:?}", report.refused);
        }
        assert!(given.store.account_ids().await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn files_that_are_not_what_their_name_says_are_refused_where_they_break() {
    let files: [(&str, &[u8], u64); 7] = [
        ("a.ndjson", b"{\"id\": \"a\"}\n{\"id\": \"b\"\n{\"id\": {\"x\": 1}}\n{\"id\": \"c\", \"arrr\": 1}\n", 2),
        ("b.json", b"[\n{\"id\": \"d\"},\n{\"id\": \"e\"\n", 4),
        ("c.json", b"{\"id\": \"f\"}", 1),
        ("d.csv", b"id,name\ng,\"Acme\xff\"\n", 2),
        ("g.csv", b"id;name\ni;Acme\n", 1),
        ("e.csv.gz", b"id,name\ng,Acme\n", 1),
        ("f.json", b"[{\"id\": \"h\"}] trailing", 1),
    ];
    on_each(async |given| {
        for (name, content, line) in files {
            let report = given.import(Kind::Accounts, name, content).await;
            assert_eq!(report.refused.first().map(|refusal| refusal.line), Some(line), "{name}: {report:?}");
        }
        let ids = given.store.account_ids().await.unwrap();
        assert_eq!(ids.iter().map(|id| &**id).collect::<Vec<_>>(), ["a", "d", "h"]);
    })
    .await;
}
