BEGIN TRANSACTION;
CREATE TABLE contents (
        id INTEGER PRIMARY KEY,
        sha256 TEXT NOT NULL UNIQUE,            -- in hexadecimal
        data BLOB NOT NULL
    );
INSERT INTO "contents" VALUES(1,'f7537c9522bb83c8beb90174522bc85e5060be6f2373ca22d9490142203739b1',X'89504E470D0A1A0A646F74');
INSERT INTO "contents" VALUES(2,'5f9332ecdb9031aebfb01e7f6fca0dee3d7e2e531df7888773a8c3d8686249d7',X'427579206D696C6B0D0A');
CREATE TABLE conversations (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        origin TEXT NOT NULL UNIQUE,            -- PROGRAM:ID, what an import knows it by
        title TEXT NOT NULL DEFAULT '',
        title_key TEXT NOT NULL DEFAULT '',     -- without case and accents
        titled INTEGER NOT NULL DEFAULT 0,
        created_at INTEGER NOT NULL,            -- microseconds since 1970, UTC
        updated_at INTEGER NOT NULL,
        deleted_at INTEGER,                     -- in the trash since
        pinned INTEGER NOT NULL DEFAULT 0,
        archived INTEGER NOT NULL DEFAULT 0,
        message_count INTEGER NOT NULL DEFAULT 0,
        leaf INTEGER,                           -- end of the active path
        model TEXT,
        tags TEXT NOT NULL DEFAULT '[]',        -- JSON
        tag_key TEXT NOT NULL DEFAULT '',       -- one folded tag a line, each between line feeds
        owner TEXT,                             -- the session that made it
        system TEXT NOT NULL DEFAULT '',
        parameters TEXT NOT NULL DEFAULT '{}',  -- JSON
        hues TEXT NOT NULL DEFAULT '{}',        -- JSON
        pins TEXT NOT NULL DEFAULT '[]',        -- JSON: ids of messages that no request leaves out
        draft TEXT NOT NULL DEFAULT ''
    , attachments TEXT);
INSERT INTO "conversations" VALUES(1,'segue:0aac3e0ce589737fe4a9a364e98d0d34','Versions and branches','versions and branches',0,1795971769566004,1795971769698081,NULL,0,0,11,1795971769684,'lab/big','["work","übung"]','
work
ubung
','05d9ab5203f56804','Be short
','{"temperature":0.5}','{"lab/big":"sky"}','[1795971769585,1795971769652]','',NULL);
INSERT INTO "conversations" VALUES(2,'segue:d206daca64912f96abd4d782851ef75e','Put away','put away',0,1795971769757296,1795971769784864,NULL,1,1,2,1795971769768,'lab/big','[]','','05d9ab5203f56804','','{}','{}','[]','unsent text',NULL);
INSERT INTO "conversations" VALUES(3,'segue:33d76c98df60ce6a641f4473c2881f39','Thrown away','thrown away',0,1795971769793723,1795971769798263,1795971769802604,0,0,1,1795971769798,NULL,'[]','','05d9ab5203f56804','','{}','{}','[]','',NULL);
CREATE TABLE messages (
        id INTEGER PRIMARY KEY,                 -- milliseconds since 1970 or a little more: grows with time
        conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        parent INTEGER,
        role TEXT NOT NULL,
        status TEXT NOT NULL,
        hidden INTEGER NOT NULL DEFAULT 0,
        model TEXT,
        owner TEXT,                             -- the session that streams into it
        created_at INTEGER NOT NULL,
        finished_at INTEGER,
        reasoning_seconds REAL,
        usage TEXT,                             -- JSON, as are the next four
        failure TEXT,
        sources TEXT,
        images TEXT,
        notices TEXT,
        text TEXT NOT NULL DEFAULT '',
        reasoning TEXT NOT NULL DEFAULT '',
        spaced TEXT                             -- the text as search sees it, where that is another
    , attachments TEXT, parts TEXT, prefix TEXT);
INSERT INTO "messages" VALUES(1795971769581,1,NULL,'user','complete',0,NULL,NULL,1795971769581451,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'Tell me
	tabs,‮ marks ​, 😀 é and   spaces  


```
open','',NULL,'[{"name":"dot.png","media_type":"image/png","size":11,"sha256":"f7537c9522bb83c8beb90174522bc85e5060be6f2373ca22d9490142203739b1","tokens":1200},{"name":"note.txt","media_type":"text/plain","size":10,"sha256":"5f9332ecdb9031aebfb01e7f6fca0dee3d7e2e531df7888773a8c3d8686249d7","tokens":2}]','[{"type": "text", "length": 56}, {"type": "image", "mime": "image/png", "name": "dot.png", "size": 11, "sha256": "f7537c9522bb83c8beb90174522bc85e5060be6f2373ca22d9490142203739b1", "tokens": 1200}, {"type": "file", "mime": "text/plain", "name": "note.txt", "size": 10, "sha256": "5f9332ecdb9031aebfb01e7f6fca0dee3d7e2e531df7888773a8c3d8686249d7", "tokens": 2}]',NULL);
INSERT INTO "messages" VALUES(1795971769585,1,1795971769581,'assistant','complete',0,'lab/big',NULL,1795971769585204,1795971772585204,1.25,'{"input_tokens":10,"output_tokens":20,"reasoning_tokens":5,"cached_tokens":1,"cost":0.5,"tokens_per_second":null}',NULL,NULL,NULL,NULL,'Once 😀


upon  ','Hm

',NULL,NULL,'[{"type": "reasoning", "length": 4, "seconds": 1.25}, {"type": "text", "length": 15}, {"type": "image", "url": "https://a.test/x.png", "alt": "X"}, {"type": "sources", "sources": [{"url": "https://a.test", "title": "A"}, {"url": "https://b.test", "title": ""}]}, {"type": "notice", "text": "temperature was left out"}, {"type": "notice", "text": "cut"}]',NULL);
INSERT INTO "messages" VALUES(1795971769604,1,1795971769581,'assistant','length',0,'other/small',NULL,1795971769604946,1795971772604946,NULL,NULL,NULL,NULL,NULL,NULL,'Another version','',NULL,NULL,NULL,NULL);
INSERT INTO "messages" VALUES(1795971769617,1,1795971769581,'assistant','error',1795971769746935,'lab/big',NULL,1795971769617939,1795971772617939,NULL,NULL,'{"kind":"connect","message":"No network","hint":"Check it","status_code":503}',NULL,NULL,NULL,'','',NULL,NULL,NULL,NULL);
INSERT INTO "messages" VALUES(1795971769632,1,1795971769581,'assistant','empty',0,'lab/big',NULL,1795971769632938,1795971772632938,NULL,NULL,NULL,NULL,NULL,NULL,'','Only thought',NULL,NULL,NULL,NULL);
INSERT INTO "messages" VALUES(1795971769652,1,1795971769585,'user','complete',0,NULL,NULL,1795971769652785,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'And then?','',NULL,NULL,NULL,NULL);
INSERT INTO "messages" VALUES(1795971769660,1,1795971769652,'assistant','stopped',0,'lab/big',NULL,1795971769660831,1795971772660831,NULL,NULL,NULL,NULL,NULL,NULL,'Then
','So',NULL,NULL,NULL,NULL);
INSERT INTO "messages" VALUES(1795971769667,1,1795971769604,'user','complete',0,NULL,NULL,1795971769667694,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'Another branch','',NULL,'[{"name":"note.txt","media_type":"text/plain","size":10,"sha256":"5f9332ecdb9031aebfb01e7f6fca0dee3d7e2e531df7888773a8c3d8686249d7","tokens":2}]','[{"type": "text", "length": 14}, {"type": "file", "mime": "text/plain", "name": "note.txt", "size": 10, "sha256": "5f9332ecdb9031aebfb01e7f6fca0dee3d7e2e531df7888773a8c3d8686249d7", "tokens": 2}]',NULL);
INSERT INTO "messages" VALUES(1795971769672,1,1795971769660,'system','complete',0,'lab/big',NULL,1795971769672684,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'A summary of it','',NULL,NULL,NULL,NULL);
INSERT INTO "messages" VALUES(1795971769684,1,1795971769672,'user','complete',0,NULL,NULL,1795971769684877,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'Go on','',NULL,NULL,NULL,NULL);
INSERT INTO "messages" VALUES(1795971769698,1,1795971769684,'assistant','streaming',0,'lab/big','05d9ab5203f56804',1795971769698081,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','',NULL,NULL,NULL,NULL);
INSERT INTO "messages" VALUES(1795971769764,2,NULL,'user','complete',0,NULL,NULL,1795971769764704,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'Archived?','',NULL,NULL,NULL,NULL);
INSERT INTO "messages" VALUES(1795971769768,2,1795971769764,'assistant','complete',0,'lab/big',NULL,1795971769768672,1795971772768672,NULL,NULL,NULL,NULL,NULL,NULL,'Yes','',NULL,NULL,NULL,NULL);
INSERT INTO "messages" VALUES(1795971769798,3,NULL,'user','complete',0,NULL,NULL,1795971769798263,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'Gone','',NULL,NULL,NULL,NULL);
CREATE TABLE pieces (
        id INTEGER PRIMARY KEY,
        message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
        created_at INTEGER NOT NULL,
        text TEXT NOT NULL,
        reasoning TEXT NOT NULL
    , part TEXT);
INSERT INTO "pieces" VALUES(5,1795971769698,1795971769735569,'Half a word','I think

',NULL);
CREATE TABLE prompts (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL);
CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO "state" VALUES('used','3
2
1');
CREATE INDEX conversations_listed
    ON conversations (archived, pinned, updated_at, id, title_key, tag_key, model)
    WHERE deleted_at IS NULL AND (message_count > 0 OR draft <> '')
    ;
CREATE INDEX conversations_by_time ON conversations (updated_at, title_key)
    WHERE deleted_at IS NULL AND (message_count > 0 OR draft <> '')
    ;
CREATE INDEX conversations_tagged ON conversations (tag_key, message_count) WHERE tag_key <> '';
CREATE INDEX conversations_deleted ON conversations (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX conversations_empty ON conversations (id) WHERE message_count = 0;
CREATE INDEX messages_by_conversation ON messages (conversation_id);
CREATE INDEX messages_by_model ON messages (model, conversation_id) WHERE model IS NOT NULL;
CREATE INDEX messages_streaming ON messages (owner) WHERE status = 'streaming';
CREATE TRIGGER messages_counted AFTER INSERT ON messages BEGIN
        UPDATE conversations SET message_count = message_count + 1 WHERE id = new.conversation_id;
    END;
CREATE TRIGGER messages_uncounted AFTER DELETE ON messages BEGIN
        UPDATE conversations SET message_count = message_count - 1 WHERE id = old.conversation_id;
    END;
CREATE INDEX pieces_by_message ON pieces (message_id);
CREATE VIEW indexed_messages AS
    SELECT id, conversation_id, coalesce(spaced, text) AS text,
        char(57344) || conversation_id AS conversation  -- a word that no text has
    FROM messages WHERE status <> 'streaming';
CREATE INDEX messages_attached ON messages (attachments) WHERE attachments IS NOT NULL;
CREATE INDEX drafts_attached ON conversations (attachments) WHERE attachments IS NOT NULL;
CREATE INDEX messages_hidden ON messages (hidden) WHERE hidden <> 0;
CREATE INDEX messages_astray ON messages (id - created_at / 1000) WHERE id - created_at / 1000 NOT BETWEEN 0 AND 86400000;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('conversations',3);
CREATE VIRTUAL TABLE messages_fts USING fts5 (
        text, conversation, content = 'indexed_messages', content_rowid = 'id',
        tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
    );
INSERT INTO messages_fts (messages_fts) VALUES ('rebuild');
COMMIT;
PRAGMA user_version = 5;
PRAGMA application_id = 1397049173;
