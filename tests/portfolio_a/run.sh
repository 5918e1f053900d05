#!/bin/sh
# Imports portfolio_a with its history into a new database and plays the shipped book over it, from 2026-08-01
# to 2026-11-15, on the virtual clock.
#
#   tests/portfolio_a/run.sh DATA_DIR [OUTPUT_DIR]
#
# DATA_DIR holds accounts.csv, contacts.csv, subscriptions.csv, metrics.csv.gz and events.csv.
# PLAYCALLER names the binary; by default target/release/playcaller is built and used.
set -eu

data=${1:?"usage: $0 DATA_DIR [OUTPUT_DIR]"}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
out=${2:-$(mktemp -d)}
from=2026-08-01T00:00:00Z
until=2026-11-15T00:00:00Z

if [ -z "${PLAYCALLER:-}" ]; then
    cargo build --release --quiet --manifest-path "$root/Cargo.toml"
    PLAYCALLER=${CARGO_TARGET_DIR:-$root/target}/release/playcaller
fi

mkdir -p "$out"
cat > "$out/playcaller.toml" <<EOF
book = "$root/playbooks"
[database]
url = "sqlite:$out/playcaller.db"
[outbox]
dir = "$out/outbox"
EOF

playcaller() {
    "$PLAYCALLER" --config "$out/playcaller.toml" "$@"
}

python3 "$here/history.py" "$data" "$out/accounts_history.csv"
playcaller import people "$here/people.csv" --now "$from"
playcaller import accounts "$out/accounts_history.csv" --map "$here/accounts.map.toml" --now "$from"
playcaller import contacts "$data/contacts.csv" --now "$from"
playcaller import metrics "$data/metrics.csv.gz" --now "$from"
playcaller import events "$data/events.csv" --now "$from"
playcaller run --from "$from" --until "$until"

echo "enrollments by playbook and state:"
playcaller enrollments --format json | python3 -c '
import collections, json, sys
rows = [json.loads(line) for line in sys.stdin]
for key, count in sorted(collections.Counter((r["playbook"], r["state"], r["reason"] or "") for r in rows).items()):
    print(f"{count:6}  " + "  ".join(key))
'
echo "deliveries by channel and state:"
playcaller outbox --format json | python3 -c '
import collections, json, sys
rows = [json.loads(line) for line in sys.stdin]
for key, count in sorted(collections.Counter((r["channel"], r["state"], r["reason"] or "") for r in rows).items()):
    print(f"{count:6}  " + "  ".join(key))
'
echo "everything is in $out"
