//! The five kinds and the six ways to write them.

use std::io::Write;

use playcaller::book::import_map::ImportMap;
use playcaller::condition::Value;
use playcaller::portfolio::import::Kind;

use super::{at, counts, on_each};

const FILES: [(Kind, &str); 5] = [
    (
        Kind::People,
        "id,name,email,manager,roles\nkim,Kim Osei,kim@us.example,morgan,csm\nmorgan,Morgan Lee,,,\"csm;vp\"\n",
    ),
    (
        Kind::Accounts,
        "id,name,status,owner,arr,renewal_date,tags,pilot\n\
            acme,\"Acme, Inc\",active,kim,48000.5,2026-09-01,vip; eu,true\n",
    ),
    (Kind::Contacts, "id,account,email,personas\npat,acme,pat@acme.example,champion;admin\n"),
    (Kind::Metrics, "account,metric,date,value\nacme,logins,2026-06-13,12\nacme,logins,2026-06-14,0.1\n"),
    (Kind::Events, "id,kind,account,contact,at,score\ne1,nps_response,acme,pat,2026-06-01T10:00:00+02:00,9\n"),
];

#[tokio::test]
async fn every_kind_lands_and_the_same_file_again_changes_nothing() {
    on_each(async |given| {
        for (kind, text) in FILES {
            let rows = text.lines().count() as u64 - 1;
            assert_eq!(counts(&given.import(kind, "rows.csv", text).await), [rows, 0, 0, 0], "{kind:?}");
        }
        let (acme, version) = given.account("acme").await;
        assert_eq!(acme.value("arr", given.now), Value::Number(48000.5));
        assert_eq!(acme.value("name", given.now), Value::text("Acme, Inc"));
        assert_eq!(acme.value("tags", given.now), Value::tags(["vip", "eu"]));
        assert!(acme.contact_with("admin", given.now).is_some());
        assert_eq!(
            acme.metrics["logins"].between("2026-06-14".parse().unwrap(), "2026-06-14".parse().unwrap())[0].1,
            0.1
        );
        let event = acme.last_event("nps_response", given.now).unwrap();
        assert_eq!((event.at, event.fields["score"].clone()), (at("2026-06-01T08:00:00Z"), Value::Number(9.0)));
        assert_eq!(given.store.people().await.unwrap()[1].roles.len(), 2);

        for (kind, text) in FILES {
            let rows = text.lines().count() as u64 - 1;
            assert_eq!(counts(&given.import(kind, "rows.csv", text).await), [0, 0, rows, 0], "{kind:?}");
        }
        assert_eq!(given.account("acme").await.1, version);
    })
    .await;
}

#[tokio::test]
async fn json_lines_an_array_and_zipped_files_say_the_same_as_csv() {
    let object = |id: &str| {
        format!("{{\"id\": \"{id}\", \"arr\": 100, \"pilot\": false, \"tags\": [\"a\", \"b\"], \"status\": null}}")
    };
    let array = format!("[\n{},\n{}\n]\n", object("a"), object("b"));
    let lines = format!("{}\n\n{}", object("c"), object("d"));
    let mut zip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    zip.write_all("\u{feff}id,arr,pilot,tags,status\r\ne,100,false,a;b,\r\n".as_bytes()).unwrap();
    let zipped = zip.finish().unwrap();
    on_each(async |given| {
        assert_eq!(counts(&given.import(Kind::Accounts, "rows.json", &array).await), [2, 0, 0, 0]);
        assert_eq!(counts(&given.import(Kind::Accounts, "rows.ndjson", &lines).await), [2, 0, 0, 0]);
        assert_eq!(counts(&given.import(Kind::Accounts, "rows.csv.gz", &zipped).await), [1, 0, 0, 0]);
        for id in ["a", "c", "e"] {
            let (account, _) = given.account(id).await;
            assert_eq!(account.value("arr", given.now), Value::Number(100.0));
            assert_eq!(account.value("tags", given.now), Value::tags(["a", "b"]));
            assert_eq!(account.value("status", given.now), Value::Empty);
        }
    })
    .await;
}

#[tokio::test]
async fn a_map_makes_somebody_elses_export_ours() {
    let map = r#"
        [columns]
        "Account Name" = "name"
        "Renewal Date" = "renewal_date"
        State = "status"
        [values.status]
        "Closed" = "churned"
        [dates]
        renewal_date = "%m/%d/%Y"
        [add]
        id = "sc-{line}-{Account Name}"
        [ignore]
        columns = ["Notes"]
    "#;
    on_each(async |given| {
        let text =
            "Account Name,State,Renewal Date,Notes\nAcme,Closed,6/5/2026,x\nBolt,active,,y\nCogs,active,2026-01-02,z\n";
        let map = ImportMap::parse("crm.toml", map.to_owned()).unwrap();
        let report = given.import_with(Kind::Accounts, "crm.csv", text, |options| options.map = map).await;
        assert_eq!(counts(&report), [2, 0, 0, 1]);
        assert_eq!((report.refused[0].line, report.refused[0].field.as_deref()), (4, Some("renewal_date")));
        let (acme, _) = given.account("sc-2-Acme").await;
        assert_eq!(acme.value("status", given.now), Value::text("churned"));
        assert_eq!(acme.date("renewal_date", given.now), Some("2026-06-05".parse().unwrap()));
    })
    .await;
}

#[tokio::test]
async fn numbers_come_back_to_the_last_bit() {
    on_each(async |given| {
        given.import(Kind::Accounts, "rows.csv", "id\nacme\n").await;
        let values = [0.1 + 0.2, 1e300, 5e-324, 123456789.12345679, -7.000000000000001, 9007199254740993.0, 55900.68];
        let day = |n: usize| format!("2026-05-{:02}", n + 1);
        let rows: String =
            values.iter().enumerate().map(|(n, value)| format!("acme,logins,{},{value}\n", day(n))).collect();
        let text = format!("account,metric,date,value\n{rows}");
        given.import(Kind::Metrics, "rows.csv", &text).await;
        assert_eq!(counts(&given.import(Kind::Metrics, "rows.csv", &text).await), [0, 0, values.len() as u64, 0]);
        let (acme, _) = given.account("acme").await;
        let all = acme.metrics["logins"].between("2026-01-01".parse().unwrap(), "2026-12-31".parse().unwrap());
        assert_eq!(all.iter().map(|(_, value)| *value).collect::<Vec<_>>(), values);
    })
    .await;
}

#[tokio::test]
async fn two_imports_of_the_same_rows_at_once_land_them_once() {
    on_each(async |given| {
        given.import(Kind::Accounts, "a.csv", "id\nacme\nbolt\n").await;
        let rows: String =
            (1..=28).map(|day| format!("acme,logins,2026-05-{day:02},1\nbolt,logins,2026-05-{day:02},2\n")).collect();
        let text = format!("account,metric,date,value\n{rows}");
        let (one, other) =
            tokio::join!(given.import(Kind::Metrics, "1.csv", &text), given.import(Kind::Metrics, "2.csv", &text));
        assert_eq!(one.inserted + other.inserted, 56);
        assert_eq!(one.unchanged + other.unchanged, 56);
    })
    .await;
}
