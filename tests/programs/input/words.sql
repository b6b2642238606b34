-- words.sql -- for sqlite3: rows of mixed sizes, indexes, sorting in memory, JSON, windows, and
-- blobs that grow. Prints counts and checksums only.
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -4000;
PRAGMA journal_mode = MEMORY;

CREATE TABLE word (id INTEGER PRIMARY KEY, seed INTEGER, text TEXT, body TEXT);
WITH RECURSIVE generator (id, seed) AS (
    SELECT 1, 20240229
    UNION ALL
    SELECT id + 1, (seed * 1103515245 + 12345) % 2147483648 FROM generator WHERE id < 60000
)
INSERT INTO word
SELECT id, seed, printf('%x', seed / 37 % 50000),
       substr(replace(hex(zeroblob(1 + seed % 400)), '00', 'ab'), 1, 1 + seed / 256 % 700)
FROM generator;
CREATE INDEX word_text ON word (text, seed);
CREATE INDEX word_body ON word (body);
SELECT 'rows', count(*), sum(seed), sum(length(body)) FROM word;

SELECT 'group', count(*), sum(n * length(names)) FROM (
    SELECT text, count(*) AS n, group_concat(id, ',') AS names FROM word GROUP BY text
);
SELECT 'join', count(*), sum(a.seed % 1000 * (b.seed % 1000))
FROM word AS a JOIN word AS b ON a.text = b.text AND a.id < b.id;
SELECT 'sort', sum(place * (seed % 1009)) FROM (
    SELECT seed, row_number() OVER (ORDER BY body DESC, text || seed) AS place FROM word
);
SELECT 'window', sum(total % 65521) FROM (
    SELECT sum(seed) OVER (PARTITION BY text ORDER BY id ROWS 5 PRECEDING) AS total FROM word
);

CREATE TABLE document (id INTEGER PRIMARY KEY, json TEXT);
INSERT INTO document
SELECT id / 10, json_group_array(json_object('id', id, 'text', text, 'list', json_array(seed, body)))
FROM word GROUP BY id / 10;
SELECT 'json', count(*), sum(length(json)), sum(json_extract(json, '$[3].list[0]')) FROM document;
SELECT 'each', count(*), sum(value ->> '$.id')
FROM document, json_each(document.json) WHERE document.id % 7 = 0;
UPDATE document SET json = json_set(json, '$[0].new', json_array(1, 2, 3)) WHERE id % 3 = 0;
SELECT 'updated', sum(length(json)) FROM document;

WITH RECURSIVE grow (n, text) AS (
    SELECT 1, 'x' UNION ALL SELECT n + 1, text || n || text FROM grow WHERE n < 21
)
SELECT 'grown', max(length(text)) FROM grow;

BEGIN;
DELETE FROM word WHERE seed % 3 = 0;
UPDATE word SET body = body || body || text WHERE seed % 5 = 0;
SELECT 'changed', count(*), sum(length(body)) FROM word;
ROLLBACK;
SELECT 'rolled back', count(*), sum(length(body)) FROM word;
DROP INDEX word_body;
VACUUM;
PRAGMA integrity_check;
