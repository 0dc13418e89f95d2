-- A database as the program with schema version 6 left it: that of version 5, brought up to date, with events, a webhook and what waits for it.
-- The token is: token-of-the-database-of-version-0001-0123456789
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE deleted_users (
    organization_id text not null references organizations (id),
    id text not null,
    version integer not null,
    created_at text not null,
    last_modified_at text not null,
    user_name_key text not null,
    external_id text,
    display_name_key text,
    active integer not null,
    role_key text,
    document blob not null,
    search blob not null,
    deleted_at text not null,
    primary key (organization_id, id)
) strict;
INSERT INTO deleted_users VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','01a20b8d-5fa8-7aa2-b790-6f2e4b1e8cc4',1,'2026-11-24T03:15:44.168Z','2026-11-24T03:15:44.168Z','gone@example.com',NULL,'gone',1,'member',X'7b22736368656d6173223a5b2275726e3a696574663a706172616d733a7363696d3a736368656d61733a636f72653a322e303a55736572225d2c226964223a2230316132306238642d356661382d376161322d623739302d366632653462316538636334222c22757365724e616d65223a22676f6e65406578616d706c652e636f6d222c22646973706c61794e616d65223a22476f6e65222c22616374697665223a747275652c22726f6c65223a226d656d626572222c226d657461223a7b227265736f7572636554797065223a2255736572222c2263726561746564223a22323032362d31312d32345430333a31353a34342e3136385a222c226c6173744d6f646966696564223a22323032362d31312d32345430333a31353a34342e3136385a222c2276657273696f6e223a22572f5c22315c22222c226c6f636174696f6e223a222f55736572732f30316132306238642d356661382d376161322d623739302d366632653462316538636334227d7d',X'cc7a77736368656d6173cb2cc72a75726e3a696574663a706172616d733a7363696d3a736368656d61733a636f72653a322e303a7573657287757365724e616d65c710676f6e65406578616d706c652e636f6db7646973706c61794e616d6547676f6e6567616374697665477472756547726f6c65676d656d626572','2026-11-24T03:15:44.175Z');
INSERT INTO deleted_users VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','01a2198a-33ef-70fb-9ef8-3b3afcfbb39f',2,'2026-11-26T20:26:57.391Z','2026-11-26T20:26:57.899Z','dora@example.com','00u9',NULL,0,'member',X'7b22736368656d6173223a5b2275726e3a696574663a706172616d733a7363696d3a736368656d61733a636f72653a322e303a55736572225d2c226964223a2230316132313938612d333365662d373066622d396566382d336233616663666262333966222c22757365724e616d65223a22646f7261406578616d706c652e636f6d222c2265787465726e616c4964223a2230307539222c22616374697665223a66616c73652c22726f6c65223a226d656d626572222c226d657461223a7b227265736f7572636554797065223a2255736572222c2263726561746564223a22323032362d31312d32365432303a32363a35372e3339315a222c226c6173744d6f646966696564223a22323032362d31312d32365432303a32363a35372e3839395a222c2276657273696f6e223a22572f5c22325c22222c226c6f636174696f6e223a222f55736572732f30316132313938612d333365662d373066622d396566382d336233616663666262333966227d7d',X'0c','2026-11-26T20:26:57.937Z');
CREATE TABLE organizations (
    id text not null primary key,
    name text not null,
    name_key text not null,
    settings text not null,
    created_at text not null
, cursor_key blob) strict;
INSERT INTO organizations VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','acme','acme','{"emailDomains":["example.com"],"roles":["owner","editor","member"],"defaultRole":"member","indexed":["title"],"sensitive":[],"strict":false}','2026-11-24T03:15:41.329Z',X'6a6f23ed5ebac47bde714087f34fa0a087374b7bcaf8358a92a33769a1aece83');
CREATE TABLE resource_counts (
    organization_id text not null references organizations (id),
    resource_type text not null,
    total integer not null,
    primary key (organization_id, resource_type)
) strict, without rowid;
INSERT INTO resource_counts VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','Group',1);
INSERT INTO resource_counts VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','User',3);
CREATE TABLE schema_migrations (
    version integer not null primary key,
    name text not null,
    checksum text not null,
    applied_at text not null
);
INSERT INTO schema_migrations VALUES(1,'users','5504dd19a63b83e3d40fa4d0fdc9d3677d9e0a57b3fbe9678870cd24ac6672a2','2026-11-24T03:15:41.173Z');
INSERT INTO schema_migrations VALUES(2,'deleted_at','0e8253ae3b288a446bddb586002b32326b6c1aa92a67da2d0ecd291c5c5591c5','2026-11-25T22:17:11.555Z');
INSERT INTO schema_migrations VALUES(3,'search','3aa8375706582483cac320213cb946c300fe122fc23486d5b7d37f10f9c9f9d0','2026-11-26T03:50:50.310Z');
INSERT INTO schema_migrations VALUES(4,'groups','4e9ae677ec09d73f24e205363d6e40212d55f29e2e0ff7b510f810e6b0beb803','2026-11-26T10:40:04.010Z');
INSERT INTO schema_migrations VALUES(5,'access','d59a932e4f969c0c7c77550c76b80c5d7c25ad5d73f0f8fb969e7a0c2576287e','2026-11-26T17:42:06.367Z');
INSERT INTO schema_migrations VALUES(6,'events','83a5a396bcbdc71024d0dee4de3ea6622b2163e67617e8120352f99e2ed1ccb7','2026-11-26T20:26:57.048Z');
CREATE TABLE tokens (
    organization_id text not null references organizations (id),
    id text not null,
    name text not null,
    scope text not null,
    hash blob not null,
    created_at text not null,
    expires_at text,
    last_used_at text,
    revoked_at text,
    primary key (organization_id, id)
) strict;
INSERT INTO tokens VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','01a20b8d-5491-7ed1-ad81-49d83f6d2de6','bootstrap','write',X'0fffbe9a22f6c58ea95e620dad63319f9123a66630edc241ac8083cd4f394274','2026-11-24T03:15:41.329Z',NULL,'2026-11-26T20:26:57.959Z',NULL);
CREATE TABLE users (
    organization_id text not null references organizations (id),
    id text not null,
    version integer not null,
    created_at text not null,
    last_modified_at text not null,
    user_name_key text not null,
    external_id text,
    display_name_key text,
    active integer not null,
    role_key text,
    document blob not null,
    search blob not null,
    primary key (organization_id, id)
) strict;
INSERT INTO users VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','01a20b8d-5f55-7f90-82a8-bc46a4ae4899',2,'2026-11-24T03:15:44.085Z','2026-11-24T03:15:44.135Z','ana@example.com','00u1','ana ruiz',1,'owner',X'7b22736368656d6173223a5b2275726e3a696574663a706172616d733a7363696d3a736368656d61733a636f72653a322e303a55736572222c2275726e3a696574663a706172616d733a7363696d3a736368656d61733a657874656e73696f6e3a656e74657270726973653a322e303a55736572225d2c226964223a2230316132306238642d356635352d376639302d383261382d626334366134616534383939222c22757365724e616d65223a22416e61406578616d706c652e636f6d222c2265787465726e616c4964223a2230307531222c22646973706c61794e616d65223a22416e61205275697a222c226e616d65223a7b22676976656e4e616d65223a22416e61222c2266616d696c794e616d65223a225275c3ad7a227d2c22656d61696c73223a5b7b2276616c7565223a22616e61406578616d706c652e636f6d222c2274797065223a22776f726b222c227072696d617279223a747275657d5d2c22726f6c65223a226f776e6572222c2275726e3a696574663a706172616d733a7363696d3a736368656d61733a657874656e73696f6e3a656e74657270726973653a322e303a55736572223a7b22656d706c6f7965654e756d626572223a2237222c226465706172746d656e74223a224bc3bc636865227d2c22616374697665223a747275652c227469746c65223a224c656164222c226d657461223a7b227265736f7572636554797065223a2255736572222c2263726561746564223a22323032362d31312d32345430333a31353a34342e3038355a222c226c6173744d6f646966696564223a22323032362d31312d32345430333a31353a34342e3133355a222c2276657273696f6e223a22572f5c22325c22222c226c6f636174696f6e223a222f55736572732f30316132306238642d356635352d376639302d383261382d626334366134616534383939227d7d',X'dc019c77736368656d6173cb68c72a75726e3a696574663a706172616d733a7363696d3a736368656d61733a636f72653a322e303a75736572c73a75726e3a696574663a706172616d733a7363696d3a736368656d61733a657874656e73696f6e3a656e74657270726973653a322e303a7573657287757365724e616d65c70f616e61406578616d706c652e636f6da765787465726e616c49644730307531b7646973706c61794e616d6587616e61207275697a476e616d65cc2397676976656e4e616d6537616e61a766616d696c794e616d659872755c75303045447a67656d61696c73cb30cc2e5776616c7565c70f616e61406578616d706c652e636f6d477479706547776f726b777072696d617279477472756547726f6c65576f776e6572c73a75726e3a696574663a706172616d733a7363696d3a736368656d61733a657874656e73696f6e3a656e74657270726973653a322e303a55736572cc28c70e656d706c6f7965654e756d6265721737a76465706172746d656e74a86b5c7530304643636865676163746976654774727565577469746c65476c656164');
INSERT INTO users VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','01a20b8d-5f90-7c6f-98d3-d187014b00aa',2,'2026-11-24T03:15:44.144Z','2026-11-26T17:42:11.068Z','bob@example.com','00u2',NULL,0,'member',X'7b22736368656d6173223a5b2275726e3a696574663a706172616d733a7363696d3a736368656d61733a636f72653a322e303a55736572225d2c226964223a2230316132306238642d356639302d376336662d393864332d643138373031346230306161222c22757365724e616d65223a22626f62406578616d706c652e636f6d222c2265787465726e616c4964223a2230307532222c22616374697665223a66616c73652c22726f6c65223a226d656d626572222c226e69636b4e616d65223a22426f222c226d657461223a7b227265736f7572636554797065223a2255736572222c2263726561746564223a22323032362d31312d32345430333a31353a34342e3134345a222c226c6173744d6f646966696564223a22323032362d31312d32365431373a34323a31312e3036385a222c2276657273696f6e223a22572f5c22325c22222c226c6f636174696f6e223a222f55736572732f30316132306238642d356639302d376336662d393864332d643138373031346230306161227d7d',X'cc0c876e69636b4e616d6527626f');
INSERT INTO users VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','01a214c8-c5c5-7edb-ba1d-a5a82532e8a6',1,'2026-11-25T22:17:11.877Z','2026-11-25T22:17:11.877Z','cora@example.com',NULL,NULL,1,'member',X'7b22736368656d6173223a5b2275726e3a696574663a706172616d733a7363696d3a736368656d61733a636f72653a322e303a55736572225d2c226964223a2230316132313463382d633563352d376564622d626131642d613561383235333265386136222c22757365724e616d65223a22636f7261406578616d706c652e636f6d222c227469746c65223a224c656164222c22656d61696c73223a5b7b2276616c7565223a22436f7261406578616d706c652e636f6d222c2274797065223a22776f726b222c227072696d617279223a747275657d2c7b2276616c7565223a22636f726140686f6d652e6578616d706c652e6f7267222c2274797065223a22686f6d65227d5d2c22616374697665223a747275652c22726f6c65223a226d656d626572222c226d657461223a7b227265736f7572636554797065223a2255736572222c2263726561746564223a22323032362d31312d32355432323a31373a31312e3837375a222c226c6173744d6f646966696564223a22323032362d31312d32355432323a31373a31312e3837375a222c2276657273696f6e223a22572f5c22315c22222c226c6f636174696f6e223a222f55736572732f30316132313463382d633563352d376564622d626131642d613561383235333265386136227d7d',X'cc6e577469746c65476c65616467656d61696c73cb5acc2f5776616c7565c710636f7261406578616d706c652e636f6d477479706547776f726b777072696d6172794774727565cc275776616c7565c715636f726140686f6d652e6578616d706c652e6f7267477479706547686f6d65');
CREATE TABLE indexed_attributes (
    organization_id text not null,
    attribute text not null,
    path text not null,
    member text,
    primary key (organization_id, attribute)
) strict, without rowid;
INSERT INTO indexed_attributes VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','title','$."title"',NULL);
CREATE TABLE user_lookups (
    organization_id text not null,
    attribute text not null,
    value_key text not null,
    id text not null,
    type_key text not null,
    primary key (organization_id, attribute, value_key, id, type_key)
) strict, without rowid;
INSERT INTO user_lookups VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','emails.value','ana@example.com','01a20b8d-5f55-7f90-82a8-bc46a4ae4899','work');
INSERT INTO user_lookups VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','emails.value','cora@example.com','01a214c8-c5c5-7edb-ba1d-a5a82532e8a6','work');
INSERT INTO user_lookups VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','emails.value','cora@home.example.org','01a214c8-c5c5-7edb-ba1d-a5a82532e8a6','home');
INSERT INTO user_lookups VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','title','lead','01a20b8d-5f55-7f90-82a8-bc46a4ae4899','');
INSERT INTO user_lookups VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','title','lead','01a214c8-c5c5-7edb-ba1d-a5a82532e8a6','');
CREATE TABLE user_uniques (
    organization_id text not null,
    attribute text not null,
    value_key text not null,
    id text not null,
    primary key (organization_id, attribute, value_key)
) strict, without rowid;
CREATE TABLE groups (
    organization_id text not null references organizations (id),
    id text not null,
    version integer not null,
    created_at text not null,
    last_modified_at text not null,
    display_name text not null,
    display_name_key text not null,
    external_id text,
    document blob not null,
    search blob not null,
    primary key (organization_id, id)
) strict;
INSERT INTO "groups" VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','01a21770-e5ad-72ca-9f51-24ff5a2f7c0e',1,'2026-11-26T10:40:04.525Z','2026-11-26T10:40:04.525Z','Leads','leads',NULL,X'7b22736368656d6173223a5b2275726e3a696574663a706172616d733a7363696d3a736368656d61733a636f72653a322e303a47726f7570225d2c226964223a2230316132313737302d653561642d373263612d396635312d323466663561326637633065222c22646973706c61794e616d65223a224c65616473222c226d657461223a7b227265736f7572636554797065223a2247726f7570222c2263726561746564223a22323032362d31312d32365431303a34303a30342e3532355a222c226c6173744d6f646966696564223a22323032362d31312d32365431303a34303a30342e3532355a222c2276657273696f6e223a22572f5c22315c22222c226c6f636174696f6e223a222f47726f7570732f30316132313737302d653561642d373263612d396635312d323466663561326637633065227d7d',X'0c');
CREATE TABLE memberships (
    organization_id text not null,
    group_id text not null,
    member_id text not null,
    member_type text not null,
    primary key (organization_id, group_id, member_id)
) strict, without rowid;
INSERT INTO memberships VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','01a21770-e5ad-72ca-9f51-24ff5a2f7c0e','01a20b8d-5f55-7f90-82a8-bc46a4ae4899','User');
CREATE TABLE role_mappings (
    organization_id text not null,
    group_id text not null,
    role_key text not null,
    primary key (organization_id, group_id)
) strict, without rowid;
INSERT INTO role_mappings VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','01a21770-e5ad-72ca-9f51-24ff5a2f7c0e','editor');
CREATE TABLE deleted_memberships (
    organization_id text not null,
    member_id text not null,
    group_id text not null,
    primary key (organization_id, member_id, group_id)
) strict, without rowid;
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 VALUES('groups','sqlite_autoindex_groups_1','100000 10000 1');
INSERT INTO sqlite_stat1 VALUES('groups','groups_display_name_key','100000 10000 1 1');
INSERT INTO sqlite_stat1 VALUES('groups','groups_external_id','100000 10000 1 1');
INSERT INTO sqlite_stat1 VALUES('memberships','memberships','10000000 1000000 100 1');
INSERT INTO sqlite_stat1 VALUES('memberships','memberships_member_id','10000000 1000000 5 1');
INSERT INTO sqlite_stat1 VALUES('memberships','memberships_of_groups','100000 10000 5 1');
INSERT INTO sqlite_stat1 VALUES('deleted_memberships','deleted_memberships','100000 10000 5 1');
INSERT INTO sqlite_stat1 VALUES('deleted_memberships','deleted_memberships_group_id','100000 10000 10');
CREATE TABLE audit_records (
    organization_id text not null,
    id text not null,
    at text not null,
    request_id text not null,
    actor_kind text not null,
    actor text not null,
    operation text,
    method text,
    path text,
    status integer,
    scim_type text,
    resource_type text,
    resource_id text,
    version integer,
    times integer not null, detail text, duration_us integer, quirks text,
    primary key (organization_id, id)
) strict, without rowid;
INSERT INTO audit_records VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','01a218f3-4798-7b26-a13a-e0a681a81391','2026-11-26T17:42:06.488Z','cf1065073feceafd936385c56351efd0','command','root','CreateClient',NULL,NULL,NULL,NULL,'Client','01a218f3-478f-71de-ad72-ded0ee12d708',NULL,1,NULL,NULL,NULL);
INSERT INTO audit_records VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','01a218f3-48f3-74f4-8167-2395c02e8bbe','2026-11-26T17:42:06.835Z','4728c35a3e16e3d61ffd1f78499237a8','command','root','CreateTrust',NULL,NULL,NULL,NULL,'Client','01a218f3-48eb-723e-a579-2566ddfc67b8',NULL,1,NULL,NULL,NULL);
INSERT INTO audit_records VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','01a218f3-5991-7943-b889-cd72b8cfca84','2026-11-26T17:42:11.089Z','a38f97127d77b1b0ca805a102a4ed299','token','01a20b8d-5491-7ed1-ad81-49d83f6d2de6','PatchUser',NULL,NULL,NULL,NULL,'User','01a20b8d-5f90-7c6f-98d3-d187014b00aa',2,1,NULL,NULL,NULL);
INSERT INTO audit_records VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','01a218f3-59aa-7142-b54f-9a340c388a65','2026-11-26T17:42:11.114Z','3f8976e3f970a1a4b5ce5d7c4f0c6c26','token','01a20b8d-5491-7ed1-ad81-49d83f6d2de6',NULL,'GET','/scim/v2/Users/{id}',404,NULL,NULL,NULL,NULL,1,NULL,NULL,NULL);
INSERT INTO audit_records VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','01a2198a-3400-7321-9989-896ae20a5fcc','2026-11-26T20:26:57.408Z','eca1be9ac8a4aa624ea41bc3ef04b774','token','01a20b8d-5491-7ed1-ad81-49d83f6d2de6','CreateUser','POST','/scim/v2/Users',201,NULL,'User','01a2198a-33ef-70fb-9ef8-3b3afcfbb39f',1,1,NULL,41157,NULL);
INSERT INTO audit_records VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','01a2198a-35b8-7f47-8c01-1bb0c31406a9','2026-11-26T20:26:57.848Z','11dec6d7a70ab49629e24833018c298b','command','root','CreateWebhook',NULL,NULL,NULL,NULL,'Webhook','01a2198a-35ad-79a0-8e7d-45320641bf84',NULL,1,NULL,NULL,NULL);
INSERT INTO audit_records VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','01a2198a-35f2-76be-9c47-c05424d37993','2026-11-26T20:26:57.906Z','c682b02e466839a88e45643ec7f498d3','token','01a20b8d-5491-7ed1-ad81-49d83f6d2de6','PatchUser','PATCH','/scim/v2/Users/01a2198a-33ef-70fb-9ef8-3b3afcfbb39f',200,NULL,'User','01a2198a-33ef-70fb-9ef8-3b3afcfbb39f',2,1,NULL,24877,NULL);
INSERT INTO audit_records VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','01a2198a-3617-7400-a0ad-052dac809334','2026-11-26T20:26:57.943Z','c8eaa2b8523c87b201c82dbec967b15b','token','01a20b8d-5491-7ed1-ad81-49d83f6d2de6','DeactivateUser','DELETE','/scim/v2/Users/01a2198a-33ef-70fb-9ef8-3b3afcfbb39f',204,NULL,'User','01a2198a-33ef-70fb-9ef8-3b3afcfbb39f',2,1,NULL,20585,NULL);
INSERT INTO audit_records VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','01a2198a-3634-7072-914e-77cb4c28776a','2026-11-26T20:26:57.972Z','cd2365b225bcce408010172e190c6c2d','token','01a20b8d-5491-7ed1-ad81-49d83f6d2de6',NULL,'GET','/scim/v2/Users/{id}',404,NULL,NULL,NULL,NULL,1,'There is no User with the id ''…''.',12695,NULL);
CREATE TABLE clients (
    organization_id text not null references organizations (id),
    id text not null,
    name text not null,
    scope text not null,
    issuer text,
    jwks_uri text,
    subject text,
    audience text,
    reusable integer not null,
    created_at text not null,
    last_used_at text,
    revoked_at text,
    primary key (organization_id, id)
) strict;
INSERT INTO clients VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','01a218f3-478f-71de-ad72-ded0ee12d708','entra','write',NULL,NULL,NULL,NULL,0,'2026-11-26T17:42:06.479Z',NULL,NULL);
INSERT INTO clients VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','01a218f3-48eb-723e-a579-2566ddfc67b8','federated','write','https://idp.example.com/v2.0','https://idp.example.com/keys','s','api://a',0,'2026-11-26T17:42:06.827Z',NULL,NULL);
CREATE TABLE client_secrets (
    organization_id text not null,
    id text not null,
    client_id text not null,
    hash blob not null,
    created_at text not null,
    expires_at text not null,
    last_used_at text,
    revoked_at text,
    primary key (organization_id, id),
    foreign key (organization_id, client_id) references clients (organization_id, id)
) strict;
INSERT INTO client_secrets VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','01a218f3-478f-71df-8bb7-326a23e301c5','01a218f3-478f-71de-ad72-ded0ee12d708',X'4d00e73335cfc5557c8cf26eec961a3a97f562038f44ac5ce3fb40308c70dcec','2026-11-26T17:42:06.479Z','2028-11-25T17:42:06.479Z',NULL,NULL);
CREATE TABLE access_tokens (
    organization_id text not null,
    id text not null,
    client_id text not null,
    secret_id text,
    scope text not null,
    hash blob not null,
    created_at text not null,
    expires_at text not null,
    primary key (organization_id, id),
    foreign key (organization_id, client_id) references clients (organization_id, id)
) strict;
CREATE TABLE used_assertions (
    organization_id text not null,
    client_id text not null,
    hash blob not null,
    expires_at text not null,
    primary key (organization_id, client_id, hash),
    foreign key (organization_id, client_id) references clients (organization_id, id)
) strict, without rowid;
CREATE TABLE events (
    organization_id text not null references organizations (id),
    position integer not null,
    at text not null,
    type text not null,
    resource_type text not null,
    resource_id text not null,
    version integer not null,
    before_values text,
    after_values text,
    member_id text,
    member_type text,
    request_id text not null,
    actor_kind text not null,
    actor text not null,
    acknowledged_at text
) strict;
INSERT INTO events VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37',1,'2026-11-26T20:26:57.413Z','user.created','User','01a2198a-33ef-70fb-9ef8-3b3afcfbb39f',1,NULL,'{"userName":"dora@example.com","externalId":"00u9","active":true,"role":"member"}',NULL,NULL,'eca1be9ac8a4aa624ea41bc3ef04b774','token','01a20b8d-5491-7ed1-ad81-49d83f6d2de6',NULL);
INSERT INTO events VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37',2,'2026-11-26T20:26:57.906Z','user.deactivated','User','01a2198a-33ef-70fb-9ef8-3b3afcfbb39f',2,'{"active":true}','{"active":false}',NULL,NULL,'c682b02e466839a88e45643ec7f498d3','token','01a20b8d-5491-7ed1-ad81-49d83f6d2de6',NULL);
INSERT INTO events VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37',3,'2026-11-26T20:26:57.943Z','user.deleted','User','01a2198a-33ef-70fb-9ef8-3b3afcfbb39f',2,'{"userName":"dora@example.com","externalId":"00u9","active":false,"role":"member"}',NULL,NULL,NULL,'c8eaa2b8523c87b201c82dbec967b15b','token','01a20b8d-5491-7ed1-ad81-49d83f6d2de6',NULL);
CREATE TABLE webhooks (
    organization_id text not null references organizations (id),
    id text not null,
    url text not null,
    types text,
    created_at text not null,
    position integer not null,
    failures integer not null,
    next_at text not null,
    leased_until text not null,
    disabled_at text,
    disabled_why text,
    primary key (organization_id, id)
) strict;
INSERT INTO webhooks VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','01a2198a-35ad-79a0-8e7d-45320641bf84','https://app.example.com/events',NULL,'2026-11-26T20:26:57.837Z',3,1,'','',NULL,NULL);
CREATE TABLE webhook_secrets (
    organization_id text not null,
    webhook_id text not null,
    id text not null,
    secret blob not null,
    created_at text not null,
    expires_at text,
    primary key (organization_id, webhook_id, id),
    foreign key (organization_id, webhook_id) references webhooks (organization_id, id) on delete cascade
) strict, without rowid;
INSERT INTO webhook_secrets VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','01a2198a-35ad-79a0-8e7d-45320641bf84','01a2198a-35ad-79a1-bcdd-9c4ae128e40e',X'c1ad91070e8122862cc4db56dd277dd94376a3485449e161195cd4a8911808e7','2026-11-26T20:26:57.837Z',NULL);
CREATE TABLE webhook_deliveries (
    organization_id text not null,
    webhook_id text not null,
    position integer not null,
    resource_id text not null,
    attempts integer not null,
    first_at text not null,
    next_at text not null,
    status integer,
    failure text,
    dead_at text,
    primary key (organization_id, webhook_id, position),
    foreign key (organization_id, webhook_id) references webhooks (organization_id, id) on delete cascade
) strict, without rowid;
INSERT INTO webhook_deliveries VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','01a2198a-35ad-79a0-8e7d-45320641bf84',2,'01a2198a-33ef-70fb-9ef8-3b3afcfbb39f',1,'2026-11-26T20:26:58.021Z','2026-11-26T20:27:03.395Z',NULL,'NameResolutionError',NULL);
INSERT INTO webhook_deliveries VALUES('01a20b8d-5491-7ed0-9c13-76e0649aee37','01a2198a-35ad-79a0-8e7d-45320641bf84',3,'01a2198a-33ef-70fb-9ef8-3b3afcfbb39f',0,'2026-11-26T20:26:58.018Z','2026-11-26T20:26:58.018Z',NULL,NULL,NULL);
CREATE UNIQUE INDEX organizations_name_key on organizations (name_key);
CREATE UNIQUE INDEX tokens_hash on tokens (hash);
CREATE UNIQUE INDEX users_user_name_key on users (organization_id, user_name_key);
CREATE INDEX users_external_id on users (organization_id, external_id, id) where external_id is not null;
CREATE INDEX users_display_name_key on users (organization_id, display_name_key, id) where display_name_key is not null;
CREATE INDEX users_active_owners on users (organization_id, id) where role_key = 'owner' and active = 1;
CREATE TRIGGER users_counted_in after insert on users begin
    insert into resource_counts (organization_id, resource_type, total) values (new.organization_id, 'User', 1)
    on conflict (organization_id, resource_type) do update set total = total + 1;
end;
CREATE TRIGGER users_counted_out after delete on users begin
    update resource_counts set total = total - 1
    where organization_id = old.organization_id and resource_type = 'User';
end;
CREATE INDEX deleted_users_deleted_at on deleted_users (organization_id, deleted_at, id);
CREATE INDEX user_uniques_id on user_uniques (organization_id, id);
CREATE VIEW user_values (organization_id, attribute, value_key, id, type_key) as
select u.organization_id, 'emails.value', substr(e.value ->> '$.value', 1, 128), u.id,
    coalesce(substr(e.value ->> '$.type', 1, 128), '')
from users u join json_each(u.search, '$.emails') e
where e.value ->> '$.value' is not null
union all
select i.organization_id, i.attribute, substr(u.search ->> i.path, 1, 128), u.id, ''
from indexed_attributes i cross join users u
where u.organization_id = i.organization_id and i.member is null and u.search ->> i.path is not null
union all
select i.organization_id, i.attribute, substr(case when i.member = '' then e.value when e.type = 'object' then e.value ->> i.member end, 1, 128), u.id,
    coalesce(substr(case e.type when 'object' then e.value ->> '$.type' end, 1, 128), '')
from indexed_attributes i cross join users u join json_each(u.search, i.path) e
where u.organization_id = i.organization_id and i.member is not null and case when i.member = '' then e.value when e.type = 'object' then e.value ->> i.member end is not null;
CREATE TRIGGER users_looked_up_in after insert on users begin
    insert into user_lookups (organization_id, attribute, value_key, id, type_key)
    select organization_id, attribute, value_key, id, type_key from user_values where organization_id = new.organization_id and id = new.id
    on conflict do nothing;
end;
CREATE TRIGGER users_looked_up_out before delete on users begin
    delete from user_uniques where organization_id = old.organization_id and id = old.id;
    delete from user_lookups where (organization_id, attribute, value_key, id, type_key) in (
        select organization_id, attribute, value_key, id, type_key from user_values where organization_id = old.organization_id and id = old.id);
end;
CREATE TRIGGER users_looked_up_before before update of search on users
when (old.search -> '$.emails') is not (new.search -> '$.emails') or exists (select 1 from indexed_attributes where organization_id = old.organization_id)
begin
    delete from user_lookups where (organization_id, attribute, value_key, id, type_key) in (
        select organization_id, attribute, value_key, id, type_key from user_values where organization_id = old.organization_id and id = old.id);
end;
CREATE TRIGGER users_looked_up_after after update of search on users
when (old.search -> '$.emails') is not (new.search -> '$.emails') or exists (select 1 from indexed_attributes where organization_id = new.organization_id)
begin
    insert into user_lookups (organization_id, attribute, value_key, id, type_key)
    select organization_id, attribute, value_key, id, type_key from user_values where organization_id = new.organization_id and id = new.id
    on conflict do nothing;
end;
CREATE INDEX users_without_external_id on users (organization_id, id) where external_id is null;
CREATE INDEX users_without_display_name on users (organization_id, id) where display_name_key is null;
CREATE INDEX groups_display_name_key on groups (organization_id, display_name_key, id);
CREATE INDEX groups_external_id on groups (organization_id, external_id, id) where external_id is not null;
CREATE INDEX groups_without_external_id on groups (organization_id, id) where external_id is null;
CREATE INDEX memberships_member_id on memberships (organization_id, member_id, group_id);
CREATE INDEX memberships_of_groups on memberships (organization_id, group_id, member_id) where member_type = 'Group';
CREATE INDEX deleted_memberships_group_id on deleted_memberships (organization_id, group_id);
CREATE TRIGGER deleted_users_out_of_groups after delete on deleted_users begin
    delete from deleted_memberships where organization_id = old.organization_id and member_id = old.id;
end;
CREATE TRIGGER groups_counted_in after insert on groups begin
    insert into resource_counts (organization_id, resource_type, total) values (new.organization_id, 'Group', 1)
    on conflict (organization_id, resource_type) do update set total = total + 1;
end;
CREATE TRIGGER groups_counted_out after delete on groups begin
    update resource_counts set total = total - 1
    where organization_id = old.organization_id and resource_type = 'Group';
end;
CREATE UNIQUE INDEX clients_id on clients (id);
CREATE INDEX clients_issuer on clients (issuer, subject, audience) where issuer is not null;
CREATE INDEX client_secrets_client_id on client_secrets (organization_id, client_id);
CREATE UNIQUE INDEX access_tokens_hash on access_tokens (hash);
CREATE INDEX access_tokens_client_id on access_tokens (organization_id, client_id, expires_at);
CREATE INDEX used_assertions_expires_at on used_assertions (organization_id, client_id, expires_at);
CREATE UNIQUE INDEX events_position on events (organization_id, position);
CREATE INDEX events_resource on events (organization_id, resource_id, position);
CREATE INDEX events_unacknowledged on events (organization_id, position) where acknowledged_at is null and type in ('user.deactivated', 'user.deleted');
CREATE INDEX webhook_deliveries_resource on webhook_deliveries (organization_id, webhook_id, resource_id, position) where dead_at is null;
CREATE INDEX webhook_deliveries_next_at on webhook_deliveries (organization_id, webhook_id, next_at) where dead_at is null;
COMMIT;
