#!/usr/bin/env bash
# demo.sh BINARY IMAGE PROMPT FOLDER: one image and one prompt become a mask, by the program and over HTTP.
set -euo pipefail
binary=$1 image=$2 prompt=$3 folder=$4
mkdir -p "$folder"
rm -f "$folder"/*

echo "== clipseg segment $image \"$prompt\""
"$binary" segment "$image" "$prompt" --output "$folder/mask.png"
"$binary" segment "$image" "$prompt" --as probability --output "$folder/probability.png" --log-level error

echo "== clipseg serve, and a POST"
"$binary" serve --port 0 --log-format text 2>"$folder/serve.log" &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
for _ in $(seq 100); do
    grep -q 'ready' "$folder/serve.log" && break
    kill -0 $server || { cat "$folder/serve.log"; exit 69; }
    sleep 0.1
done
address=$(sed -n 's/.*address=\([^ ]*\).*/\1/p' "$folder/serve.log" | head -1)
curl --fail-with-body --silent --show-error --output "$folder/mask-http.png" \
    --form image=@"$image" --form prompt="$prompt" "http://$address/v1/segment"
kill -TERM $server
wait $server
trap - EXIT

cmp "$folder/mask.png" "$folder/mask-http.png"
file "$folder"/*.png
echo "Both ways gave the same mask: $folder/mask.png"
