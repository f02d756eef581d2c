-- Left behind by the release before (commit 2c769aa); made by make_older_release.py.
INSERT INTO compose_forms (id, package_type, song_count, form_data, generated_prompts, generated_titles, generated_lyrics, music_styles, variation_styles, variation_task_ids, variation_audio_urls, variation_lyrics, variation_titles, selected_variations, status, guest_email, created_at, updated_at, expires_at, submitted_at, version, extended_count, lyric_sources, lyric_kept, demo, lyric_drafts) VALUES ('form_1795696630401_42bc243cf678bd0ff076a4fce12df1ec', 'solo-serenade', '1', '{"songs": [{"vibe": "loving", "style": "bright-uplifting", "theme": "birthday", "emotions": ["love", "pride"], "language": "en", "qualities": "kind, brave, stubborn", "voiceType": "", "faithBased": false, "gratefulFor": "", "mustInclude": "", "shortPhrase": "", "neverMention": "", "relationship": "daughter", "storySummary": "", "childFriendly": false, "pronunciation": "", "recipientName": "Waiting", "favoriteMemory": "the night we missed the last train and walked home singing", "overallMessage": "", "characteristics": "", "locationDetails": "", "festiveSoundLevel": "", "recipientNickname": "", "activitiesTogether": "", "festiveLyricsLevel": "", "recipientNickname2": ""}], "senderName": "Dad", "senderEmail": "dad@example.com", "senderPhone": "", "deliverySpeed": "", "senderMessage": "Play it loud."}', '["Song for Waiting, my daughter, birthday, capturing love and pride, loving mood, celebrating kind, brave, stubborn, remembering the night we missed the last train and walked, from Dad"]', '["Blow the Candles Out Slow, Waiting"]', '["[Verse 1]\nTurn the kitchen lights down low,\nWait until the candles glow.\nWaiting, my daughter, however tall you grow,\nThere''s a light on in the hallway anywhere you go.\n\n[Chorus]\nSo here''s to you, Waiting, blow the candles out slow,\nMake a wish for the morning, let everyone know\nThat the world got its music, its gold and its blue,\nOn the day that it opened its arms, Waiting, to you.\nLove isn''t thunder, it''s leaving a light,\nIt''s a plate in the oven, it''s home safe tonight.\n\n[Verse 2]\nYou are kind, brave and stubborn,\nLike a window full of shine.\nI still remember the night we missed the last\nTrain and walked home singing,\nI would keep it for all time.\n\n[Chorus]\nSo here''s to you, Waiting, blow the candles out slow,\nMake a wish for the morning, let everyone know\nThat the world got its music, its gold and its blue,\nOn the day that it opened its arms, Waiting, to you.\nLove isn''t thunder, it''s leaving a light,\nIt''s a plate in the oven, it''s home safe tonight.\n\n[Bridge]\nAnd if ever you wonder, on nights you can''t sleep,\nIf you matter at all, here''s a promise to keep:\nI would cross every river, I''d knock at each door,\nJust to hear you say \"come in\", and stay a bit more.\nAnd my chest can''t contain it, I''m ten feet tall,\nSo proud that I''d write it on every wall.\n\n[Final Chorus]\nSo here''s to you, Waiting, blow the candles out slow,\nMake a wish for the morning, let everyone know\nThat the world got its music, its gold and its blue,\nOn the day that it opened its arms, Waiting, to you.\nLove isn''t thunder, it''s leaving a light,\nIt''s a plate in the oven, it''s home safe tonight.\nIt says \"love from Dad\" at the foot of the page,\nAnd the love in these words isn''t going to age."]', '["Pop, Upbeat, Energetic, Loving"]', '[["Pop, Upbeat, Energetic, Loving, horns and tambourine, lively", "Pop, Upbeat, Energetic, Loving, bright guitars and big drums, anthemic", "Pop, Upbeat, Energetic, Loving, piano and driving drums, upbeat"]]', '{"0": ["task_ddd4fe26319bfca0706971ac2c13a0c8", "task_6a552ea3901ec0617d7056079bbcf1fb", "task_f3dd8f3a183ad110d5c93eaf74195d18"]}', '{}', '{}', '{}', '{}', 'variations_generating', 'dad@example.com', '2026-11-26 12:37:10.408312', '2026-11-26 12:37:10.639791', '2026-12-03 12:37:10.408331', '2026-11-26 12:37:10.400991', '4', '0', '[["", "theme", "theme", "relationship", "relationship", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "", "", "qualities", "", "favorite_memory", "favorite_memory", "", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "", "", "", "", "", "", "emotions", "emotions", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "sender_name", "sender_name"]]', '[]', 'false', '[]');
INSERT INTO compose_forms (id, package_type, song_count, form_data, generated_prompts, generated_titles, generated_lyrics, music_styles, variation_styles, variation_task_ids, variation_audio_urls, variation_lyrics, variation_titles, selected_variations, status, guest_email, created_at, updated_at, expires_at, submitted_at, version, extended_count, lyric_sources, lyric_kept, demo, lyric_drafts) VALUES ('form_1795696630986_c7d9171cf65853833c26f32f833ef5fc', 'solo-serenade', '1', '{"songs": [{"vibe": "loving", "style": "bright-uplifting", "theme": "birthday", "emotions": ["love", "pride"], "language": "en", "qualities": "kind, brave, stubborn", "voiceType": "", "faithBased": false, "gratefulFor": "", "mustInclude": "", "shortPhrase": "", "neverMention": "", "relationship": "daughter", "storySummary": "", "childFriendly": false, "pronunciation": "", "recipientName": "Mixing", "favoriteMemory": "the night we missed the last train and walked home singing", "overallMessage": "", "characteristics": "", "locationDetails": "", "festiveSoundLevel": "", "recipientNickname": "", "activitiesTogether": "", "festiveLyricsLevel": "", "recipientNickname2": ""}], "senderName": "Dad", "senderEmail": "dad@example.com", "senderPhone": "", "deliverySpeed": "", "senderMessage": "Play it loud."}', '["Song for Mixing, my daughter, birthday, capturing love and pride, loving mood, celebrating kind, brave, stubborn, remembering the night we missed the last train and walked, from Dad"]', '["Blow the Candles Out Slow, Mixing"]', '["[Verse 1]\nTurn the kitchen lights down low,\nWait until the candles glow.\nMixing, my daughter, however tall you grow,\nThere''s a light on in the hallway anywhere you go.\n\n[Chorus]\nSo here''s to you, Mixing, blow the candles out slow,\nMake a wish for the morning, let everyone know\nThat the world got its music, its gold and its blue,\nOn the day that it opened its arms, Mixing, to you.\nLove isn''t thunder, it''s leaving a light,\nIt''s a plate in the oven, it''s home safe tonight.\n\n[Verse 2]\nYou are kind, brave and stubborn,\nYou make heavy days feel light.\nI still remember the night we missed the last\nTrain and walked home singing,\nI still keep it polished bright.\n\n[Chorus]\nSo here''s to you, Mixing, blow the candles out slow,\nMake a wish for the morning, let everyone know\nThat the world got its music, its gold and its blue,\nOn the day that it opened its arms, Mixing, to you.\nLove isn''t thunder, it''s leaving a light,\nIt''s a plate in the oven, it''s home safe tonight.\n\n[Bridge]\nAnd if ever you wonder, on nights you can''t sleep,\nIf you matter at all, here''s a promise to keep:\nI would cross every river, I''d knock at each door,\nJust to hear you say \"come in\", and stay a bit more.\nAnd my chest can''t contain it, I''m ten feet tall,\nSo proud that I''d write it on every wall.\n\n[Final Chorus]\nSo here''s to you, Mixing, blow the candles out slow,\nMake a wish for the morning, let everyone know\nThat the world got its music, its gold and its blue,\nOn the day that it opened its arms, Mixing, to you.\nLove isn''t thunder, it''s leaving a light,\nIt''s a plate in the oven, it''s home safe tonight.\nIt says \"love from Dad\" at the foot of the page,\nAnd the love in these words isn''t going to age."]', '["Pop, Upbeat, Energetic, Loving"]', '[["Pop, Upbeat, Energetic, Loving, bright guitars and big drums, anthemic", "Pop, Upbeat, Energetic, Loving, piano and driving drums, upbeat", "Pop, Upbeat, Energetic, Loving, synths and dancing bass, upbeat"]]', '{"0": ["task_a46f89a02745af003d2ed41ec1a14ff0", "task_362891aee6be954b41de38d377ebbc85", "task_57255325796310066be5efae6b931849"]}', '{}', '{}', '{}', '{}', 'variations_generating', 'dad@example.com', '2026-11-26 12:37:10.987795', '2026-11-26 12:37:11.176816', '2026-12-03 12:37:10.987808', '2026-11-26 12:37:10.98651', '4', '0', '[["", "theme", "theme", "relationship", "relationship", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "", "", "qualities", "", "favorite_memory", "favorite_memory", "", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "", "", "", "", "", "", "emotions", "emotions", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "sender_name", "sender_name"]]', '[]', 'false', '[]');
INSERT INTO compose_forms (id, package_type, song_count, form_data, generated_prompts, generated_titles, generated_lyrics, music_styles, variation_styles, variation_task_ids, variation_audio_urls, variation_lyrics, variation_titles, selected_variations, status, guest_email, created_at, updated_at, expires_at, submitted_at, version, extended_count, lyric_sources, lyric_kept, demo, lyric_drafts) VALUES ('form_1795696631675_fe1065cdce53e4a5c2432ef2156db601', 'solo-serenade', '1', '{"songs": [{"vibe": "loving", "style": "bright-uplifting", "theme": "birthday", "emotions": ["love", "pride"], "language": "en", "qualities": "kind, brave, stubborn", "voiceType": "", "faithBased": false, "gratefulFor": "", "mustInclude": "", "shortPhrase": "", "neverMention": "", "relationship": "daughter", "storySummary": "", "childFriendly": false, "pronunciation": "", "recipientName": "Uncertain", "favoriteMemory": "the night we missed the last train and walked home singing", "overallMessage": "", "characteristics": "", "locationDetails": "", "festiveSoundLevel": "", "recipientNickname": "", "activitiesTogether": "", "festiveLyricsLevel": "", "recipientNickname2": ""}], "senderName": "Dad", "senderEmail": "dad@example.com", "senderPhone": "", "deliverySpeed": "", "senderMessage": "Play it loud."}', '["Song for Uncertain, my daughter, birthday, capturing love and pride, loving mood, celebrating kind, brave, stubborn, remembering the night we missed the last train and walked, from Dad"]', '["Blow the Candles Out Slow, Uncertain"]', '["[Verse 1]\nTurn the kitchen lights down low,\nWait until the candles glow.\nUncertain, my daughter, however tall you grow,\nThere''s a light on in the hallway anywhere you go.\n\n[Chorus]\nSo here''s to you, Uncertain, blow the candles out slow,\nMake a wish for the morning, let everyone know\nThat the world got its music, its gold and its blue,\nOn the day that it opened its arms, Uncertain, to you.\nLove is a kettle, a coat, and a key,\nIt''s the hand on the shoulder you always give me.\n\n[Verse 2]\nYou are kind, brave and stubborn,\nYours is such a golden thing.\nI still remember the night we missed the last\nTrain and walked home singing,\nAnd it makes the whole heart ring.\n\n[Chorus]\nSo here''s to you, Uncertain, blow the candles out slow,\nMake a wish for the morning, let everyone know\nThat the world got its music, its gold and its blue,\nOn the day that it opened its arms, Uncertain, to you.\nLove is a kettle, a coat, and a key,\nIt''s the hand on the shoulder you always give me.\n\n[Bridge]\nAnd if ever you wonder, on nights you can''t sleep,\nIf you matter at all, here''s a promise to keep:\nI would cross every river, I''d knock at each door,\nJust to hear you say \"come in\", and stay a bit more.\nAnd my chest can''t contain it, I''m ten feet tall,\nSo proud that I''d write it on every wall.\n\n[Final Chorus]\nSo here''s to you, Uncertain, blow the candles out slow,\nMake a wish for the morning, let everyone know\nThat the world got its music, its gold and its blue,\nOn the day that it opened its arms, Uncertain, to you.\nLove is a kettle, a coat, and a key,\nIt''s the hand on the shoulder you always give me.\nThis comes from Dad, with all that a heart can hold,\nMay you keep it in your pocket until we''re very, very old."]', '["Pop, Upbeat, Energetic, Loving"]', '[["Pop, Upbeat, Energetic, Loving, bright guitars and big drums, anthemic", "Pop, Upbeat, Energetic, Loving, clapping and acoustic guitar, fast", "Pop, Upbeat, Energetic, Loving, synths and dancing bass, upbeat"]]', '{"0": ["task_0d917c4945e130a6145244582de5f135", "task_33a93d456c13c0fbd5ae42cabc166473", "task_d8617bef1920b3720120a91847c909d2"]}', '{}', '{}', '{}', '{}', 'variations_generating', 'dad@example.com', '2026-11-26 12:37:11.679781', '2026-11-26 12:37:11.780058', '2026-12-03 12:37:11.679799', '2026-11-26 12:37:11.675319', '4', '0', '[["", "theme", "theme", "relationship", "relationship", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "", "", "qualities", "", "favorite_memory", "favorite_memory", "", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "", "", "", "", "", "", "emotions", "emotions", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "sender_name", "sender_name"]]', '[]', 'false', '[]');
INSERT INTO compose_forms (id, package_type, song_count, form_data, generated_prompts, generated_titles, generated_lyrics, music_styles, variation_styles, variation_task_ids, variation_audio_urls, variation_lyrics, variation_titles, selected_variations, status, guest_email, created_at, updated_at, expires_at, submitted_at, attention, version, extended_count, lyric_sources, lyric_kept, demo, lyric_drafts) VALUES ('form_1795696631980_d716a39a5dea00bd6715484fa0706fdc', 'solo-serenade', '1', '{"songs": [{"vibe": "loving", "style": "bright-uplifting", "theme": "birthday", "emotions": ["love", "pride"], "language": "en", "qualities": "kind, brave, stubborn", "voiceType": "", "faithBased": false, "gratefulFor": "", "mustInclude": "", "shortPhrase": "", "neverMention": "", "relationship": "daughter", "storySummary": "", "childFriendly": false, "pronunciation": "", "recipientName": "Givenup", "favoriteMemory": "the night we missed the last train and walked home singing", "overallMessage": "", "characteristics": "", "locationDetails": "", "festiveSoundLevel": "", "recipientNickname": "", "activitiesTogether": "", "festiveLyricsLevel": "", "recipientNickname2": ""}], "senderName": "Dad", "senderEmail": "dad@example.com", "senderPhone": "", "deliverySpeed": "", "senderMessage": "Play it loud."}', '["Song for Givenup, my daughter, birthday, capturing love and pride, loving mood, celebrating kind, brave, stubborn, remembering the night we missed the last train and walked, from Dad"]', '["The Best Part Is You, Givenup"]', '["[Verse 1]\nOpen up the curtains wide,\nLet this morning come inside.\nGivenup, my daughter, the morning in my sky,\nYou''re the question and the answer, you''re the where and why.\n\n[Chorus]\nGivenup, it''s your day, let the whole street sing,\nLet the cake lean over and the phone lines ring.\nAnother year brighter, another year true,\nAnd the best part of all of it, Givenup, is you.\nLove isn''t thunder, it''s leaving a light,\nIt''s a plate in the oven, it''s home safe tonight.\n\n[Verse 2]\nYou are kind, brave and stubborn,\nAnd there''s no one quite like you.\nI still remember the night we missed the last\nTrain and walked home singing,\nAnd I smile the whole day through.\n\n[Chorus]\nGivenup, it''s your day, let the whole street sing,\nLet the cake lean over and the phone lines ring.\nAnother year brighter, another year true,\nAnd the best part of all of it, Givenup, is you.\nLove isn''t thunder, it''s leaving a light,\nIt''s a plate in the oven, it''s home safe tonight.\n\n[Bridge]\nAnd if ever you wonder, on nights you can''t sleep,\nIf you matter at all, here''s a promise to keep:\nI would cross every river, I''d knock at each door,\nJust to hear you say \"come in\", and stay a bit more.\nAnd my chest can''t contain it, I''m ten feet tall,\nSo proud that I''d write it on every wall.\n\n[Final Chorus]\nGivenup, it''s your day, let the whole street sing,\nLet the cake lean over and the phone lines ring.\nAnother year brighter, another year true,\nAnd the best part of all of it, Givenup, is you.\nLove isn''t thunder, it''s leaving a light,\nIt''s a plate in the oven, it''s home safe tonight.\nIt says \"love from Dad\" at the foot of the page,\nAnd the love in these words isn''t going to age."]', '["Pop, Upbeat, Energetic, Loving"]', '[["Pop, Upbeat, Energetic, Loving, piano and driving drums, upbeat", "Pop, Upbeat, Energetic, Loving, clapping and acoustic guitar, fast", "Pop, Upbeat, Energetic, Loving, synths and dancing bass, upbeat"]]', '{"0": ["task_f3f8a5458adb013a880ef79fa8fd8b5f", "task_cc469c7c217499d40eed63a7131c2e5e", "task_40b1b2b88b4748250bd26ea5c7ac7d85"]}', '{}', '{}', '{}', '{}', 'variations_generating', 'dad@example.com', '2026-11-26 12:37:11.986263', '2026-11-26 12:37:12.170495', '2026-12-03 12:37:11.986282', '2026-11-26 12:37:11.980247', 'generation_failed', '4', '0', '[["", "theme", "theme", "relationship", "relationship", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "", "", "qualities", "", "favorite_memory", "favorite_memory", "", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "", "", "", "", "", "", "emotions", "emotions", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "sender_name", "sender_name"]]', '[]', 'false', '[]');
INSERT INTO compose_forms (id, package_type, song_count, form_data, generated_prompts, generated_titles, generated_lyrics, music_styles, variation_styles, variation_task_ids, variation_audio_urls, variation_lyrics, variation_titles, selected_variations, status, guest_email, created_at, updated_at, expires_at, submitted_at, version, extended_count, lyric_sources, lyric_kept, demo, lyric_drafts) VALUES ('form_1795696632474_1ed39fe2797cb262b49b025f945dfaad', 'solo-serenade', '1', '{"songs": [{"vibe": "loving", "style": "bright-uplifting", "theme": "birthday", "emotions": ["love", "pride"], "language": "en", "qualities": "kind, brave, stubborn", "voiceType": "", "faithBased": false, "gratefulFor": "", "mustInclude": "", "shortPhrase": "", "neverMention": "", "relationship": "daughter", "storySummary": "", "childFriendly": false, "pronunciation": "", "recipientName": "Submitting", "favoriteMemory": "the night we missed the last train and walked home singing", "overallMessage": "", "characteristics": "", "locationDetails": "", "festiveSoundLevel": "", "recipientNickname": "", "activitiesTogether": "", "festiveLyricsLevel": "", "recipientNickname2": ""}], "senderName": "Dad", "senderEmail": "dad@example.com", "senderPhone": "", "deliverySpeed": "", "senderMessage": "Play it loud."}', '["Song for Submitting, my daughter, birthday, capturing love and pride, loving mood, celebrating kind, brave, stubborn, remembering the night we missed the last train and walked, from Dad"]', '["The Best Part Is You, Submitting"]', '["[Verse 1]\nOpen up the curtains wide,\nLet this morning come inside.\nSubmitting, my daughter, the morning in my sky,\nYou''re the question and the answer, you''re the where and why.\n\n[Chorus]\nSubmitting, it''s your day, let the whole street sing,\nLet the cake lean over and the phone lines ring.\nAnother year brighter, another year true,\nAnd the best part of all of it, Submitting, is you.\nLove is a kettle, a coat, and a key,\nIt''s the hand on the shoulder you always give me.\n\n[Verse 2]\nYou are kind, brave and stubborn,\nLike a window full of shine.\nI still remember the night we missed the last\nTrain and walked home singing,\nI would keep it for all time.\n\n[Chorus]\nSubmitting, it''s your day, let the whole street sing,\nLet the cake lean over and the phone lines ring.\nAnother year brighter, another year true,\nAnd the best part of all of it, Submitting, is you.\nLove is a kettle, a coat, and a key,\nIt''s the hand on the shoulder you always give me.\n\n[Bridge]\nAnd if ever you wonder, on nights you can''t sleep,\nIf you matter at all, here''s a promise to keep:\nI would cross every river, I''d knock at each door,\nJust to hear you say \"come in\", and stay a bit more.\nAnd my chest can''t contain it, I''m ten feet tall,\nSo proud that I''d write it on every wall.\n\n[Final Chorus]\nSubmitting, it''s your day, let the whole street sing,\nLet the cake lean over and the phone lines ring.\nAnother year brighter, another year true,\nAnd the best part of all of it, Submitting, is you.\nLove is a kettle, a coat, and a key,\nIt''s the hand on the shoulder you always give me.\nIt says \"love from Dad\" at the foot of the page,\nAnd the love in these words isn''t going to age."]', '["Pop, Upbeat, Energetic, Loving"]', '[["Pop, Upbeat, Energetic, Loving, synths and dancing bass, upbeat", "Pop, Upbeat, Energetic, Loving, bright guitars and big drums, anthemic", "Pop, Upbeat, Energetic, Loving, clapping and acoustic guitar, fast"]]', '{"0": ["task_4ccf1a61105f81c08a5385f94af98444", "task_71cec3bdf01aa7180cddfe1703891cd4", "task_d86cdeaf90f2dc4c1e6a96ff78279631"]}', '{}', '{}', '{}', '{}', 'variations_generating', 'dad@example.com', '2026-11-26 12:37:12.478216', '2026-11-26 12:37:12.617543', '2026-12-03 12:37:12.478235', '2026-11-26 12:37:12.47438', '4', '0', '[["", "theme", "theme", "relationship", "relationship", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "", "", "qualities", "", "favorite_memory", "favorite_memory", "", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "", "", "", "", "", "", "emotions", "emotions", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "sender_name", "sender_name"]]', '[]', 'false', '[]');
INSERT INTO compose_forms (id, package_type, song_count, form_data, generated_prompts, generated_titles, generated_lyrics, music_styles, variation_styles, variation_task_ids, variation_audio_urls, variation_lyrics, variation_titles, selected_variations, status, guest_email, created_at, updated_at, expires_at, submitted_at, version, extended_count, lyric_sources, lyric_kept, demo, lyric_drafts) VALUES ('form_1795696632792_aca9130afc8d3d7d3f16bff61a4c5250', 'solo-serenade', '1', '{"songs": [{"vibe": "loving", "style": "bright-uplifting", "theme": "birthday", "emotions": ["love", "pride"], "language": "en", "qualities": "kind, brave, stubborn", "voiceType": "", "faithBased": false, "gratefulFor": "", "mustInclude": "", "shortPhrase": "", "neverMention": "", "relationship": "daughter", "storySummary": "", "childFriendly": false, "pronunciation": "", "recipientName": "Finishing", "favoriteMemory": "the night we missed the last train and walked home singing", "overallMessage": "", "characteristics": "", "locationDetails": "", "festiveSoundLevel": "", "recipientNickname": "", "activitiesTogether": "", "festiveLyricsLevel": "", "recipientNickname2": ""}], "senderName": "Dad", "senderEmail": "dad@example.com", "senderPhone": "", "deliverySpeed": "", "senderMessage": "Play it loud."}', '["Song for Finishing, my daughter, birthday, capturing love and pride, loving mood, celebrating kind, brave, stubborn, remembering the night we missed the last train and walked, from Dad"]', '["Blow the Candles Out Slow, Finishing"]', '["[Verse 1]\nTurn the kitchen lights down low,\nWait until the candles glow.\nFinishing, my daughter, the morning in my sky,\nYou''re the question and the answer, you''re the where and why.\n\n[Chorus]\nSo here''s to you, Finishing, blow the candles out slow,\nMake a wish for the morning, let everyone know\nThat the world got its music, its gold and its blue,\nOn the day that it opened its arms, Finishing, to you.\nLove is a kettle, a coat, and a key,\nIt''s the hand on the shoulder you always give me.\n\n[Verse 2]\nYou are kind, brave and stubborn,\nThere is better weather when you''re around.\nI still remember the night we missed the last\nTrain and walked home singing,\nI can still call up the sound.\n\n[Chorus]\nSo here''s to you, Finishing, blow the candles out slow,\nMake a wish for the morning, let everyone know\nThat the world got its music, its gold and its blue,\nOn the day that it opened its arms, Finishing, to you.\nLove is a kettle, a coat, and a key,\nIt''s the hand on the shoulder you always give me.\n\n[Bridge]\nAnd if ever you wonder, on nights you can''t sleep,\nIf you matter at all, here''s a promise to keep:\nI would cross every river, I''d knock at each door,\nJust to hear you say \"come in\", and stay a bit more.\nAnd my chest can''t contain it, I''m ten feet tall,\nSo proud that I''d write it on every wall.\n\n[Final Chorus]\nSo here''s to you, Finishing, blow the candles out slow,\nMake a wish for the morning, let everyone know\nThat the world got its music, its gold and its blue,\nOn the day that it opened its arms, Finishing, to you.\nLove is a kettle, a coat, and a key,\nIt''s the hand on the shoulder you always give me.\nIt says \"love from Dad\" at the foot of the page,\nAnd the love in these words isn''t going to age."]', '["Pop, Upbeat, Energetic, Loving"]', '[["Pop, Upbeat, Energetic, Loving, synths and dancing bass, upbeat", "Pop, Upbeat, Energetic, Loving, clapping and acoustic guitar, fast", "Pop, Upbeat, Energetic, Loving, piano and driving drums, upbeat"]]', '{"0": ["task_a757635ca4912a014450a5977e3d7833", "task_725f90f58dea49d903aa12df1fd3724a", "task_c53fe9eb9b4c892ebc71753370a2d4e2"]}', '{}', '{}', '{}', '{}', 'variations_generating', 'dad@example.com', '2026-11-26 12:37:12.798305', '2026-11-26 12:37:12.909787', '2026-12-03 12:37:12.798323', '2026-11-26 12:37:12.792197', '4', '0', '[["", "theme", "theme", "relationship", "relationship", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "", "", "qualities", "", "favorite_memory", "favorite_memory", "", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "", "", "", "", "", "", "emotions", "emotions", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "sender_name", "sender_name"]]', '[]', 'false', '[]');
INSERT INTO compose_forms (id, package_type, song_count, form_data, generated_prompts, generated_titles, generated_lyrics, music_styles, variation_styles, variation_task_ids, variation_audio_urls, variation_lyrics, variation_titles, selected_variations, status, guest_email, created_at, updated_at, expires_at, submitted_at, version, extended_count, lyric_sources, lyric_kept, demo, lyric_drafts) VALUES ('form_1795696633363_e6e3bccd4347e6b8946bd745316ef2bd', 'solo-serenade', '1', '{"songs": [{"vibe": "loving", "style": "bright-uplifting", "theme": "birthday", "emotions": ["love", "pride"], "language": "en", "qualities": "kind, brave, stubborn", "voiceType": "", "faithBased": false, "gratefulFor": "", "mustInclude": "", "shortPhrase": "", "neverMention": "", "relationship": "daughter", "storySummary": "", "childFriendly": false, "pronunciation": "", "recipientName": "Placed", "favoriteMemory": "the night we missed the last train and walked home singing", "overallMessage": "", "characteristics": "", "locationDetails": "", "festiveSoundLevel": "", "recipientNickname": "", "activitiesTogether": "", "festiveLyricsLevel": "", "recipientNickname2": ""}], "senderName": "Dad", "senderEmail": "dad@example.com", "senderPhone": "", "deliverySpeed": "", "senderMessage": "Play it loud."}', '["Song for Placed, my daughter, birthday, capturing love and pride, loving mood, celebrating kind, brave, stubborn, remembering the night we missed the last train and walked, from Dad"]', '["Blow the Candles Out Slow, Placed"]', '["[Verse 1]\nTurn the kitchen lights down low,\nWait until the candles glow.\nPlaced, my daughter, however tall you grow,\nThere''s a light on in the hallway anywhere you go.\n\n[Chorus]\nSo here''s to you, Placed, blow the candles out slow,\nMake a wish for the morning, let everyone know\nThat the world got its music, its gold and its blue,\nOn the day that it opened its arms, Placed, to you.\nLove isn''t thunder, it''s leaving a light,\nIt''s a plate in the oven, it''s home safe tonight.\n\n[Verse 2]\nYou are kind, brave and stubborn,\nYou leave light where''er you go.\nI still remember the night we missed the last\nTrain and walked home singing,\nI can still feel all the glow.\n\n[Chorus]\nSo here''s to you, Placed, blow the candles out slow,\nMake a wish for the morning, let everyone know\nThat the world got its music, its gold and its blue,\nOn the day that it opened its arms, Placed, to you.\nLove isn''t thunder, it''s leaving a light,\nIt''s a plate in the oven, it''s home safe tonight.\n\n[Bridge]\nAnd if ever you wonder, on nights you can''t sleep,\nIf you matter at all, here''s a promise to keep:\nI would cross every river, I''d knock at each door,\nJust to hear you say \"come in\", and stay a bit more.\nAnd my chest can''t contain it, I''m ten feet tall,\nSo proud that I''d write it on every wall.\n\n[Final Chorus]\nSo here''s to you, Placed, blow the candles out slow,\nMake a wish for the morning, let everyone know\nThat the world got its music, its gold and its blue,\nOn the day that it opened its arms, Placed, to you.\nLove isn''t thunder, it''s leaving a light,\nIt''s a plate in the oven, it''s home safe tonight.\nThis comes from Dad, with all that a heart can hold,\nMay you keep it in your pocket until we''re very, very old."]', '["Pop, Upbeat, Energetic, Loving"]', '[["Pop, Upbeat, Energetic, Loving, horns and tambourine, lively", "Pop, Upbeat, Energetic, Loving, synths and dancing bass, upbeat", "Pop, Upbeat, Energetic, Loving, clapping and acoustic guitar, fast"]]', '{"0": ["task_2fc08d550531e4007b1a2c5a97d6c5db", "task_a147fb6f1ded3659067c4fff99de3da4", "task_79d7609662e1a6d8b0159e919931e558"]}', '{}', '{}', '{}', '{}', 'variations_generating', 'dad@example.com', '2026-11-26 12:37:13.368412', '2026-11-26 12:37:13.469746', '2026-12-03 12:37:13.36843', '2026-11-26 12:37:13.363407', '4', '0', '[["", "theme", "theme", "relationship", "relationship", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "", "", "qualities", "", "favorite_memory", "favorite_memory", "", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "", "", "", "", "", "", "emotions", "emotions", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "sender_name", "sender_name"]]', '[]', 'false', '[]');
INSERT INTO compose_forms (id, package_type, song_count, form_data, generated_prompts, generated_titles, generated_lyrics, music_styles, variation_styles, variation_task_ids, variation_audio_urls, variation_lyrics, variation_titles, selected_variations, status, guest_email, created_at, updated_at, expires_at, submitted_at, version, extended_count, lyric_sources, lyric_kept, demo, lyric_drafts) VALUES ('form_1795696633596_7b00a07734e8ad42e40cd6643215ae2e', 'solo-serenade', '1', '{"songs": [{"vibe": "loving", "style": "bright-uplifting", "theme": "birthday", "emotions": ["love", "pride"], "language": "en", "qualities": "kind, brave, stubborn", "voiceType": "", "faithBased": false, "gratefulFor": "", "mustInclude": "", "shortPhrase": "", "neverMention": "", "relationship": "daughter", "storySummary": "", "childFriendly": false, "pronunciation": "", "recipientName": "Queued", "favoriteMemory": "the night we missed the last train and walked home singing", "overallMessage": "", "characteristics": "", "locationDetails": "", "festiveSoundLevel": "", "recipientNickname": "", "activitiesTogether": "", "festiveLyricsLevel": "", "recipientNickname2": ""}], "senderName": "Dad", "senderEmail": "dad@example.com", "senderPhone": "", "deliverySpeed": "", "senderMessage": "Play it loud."}', '["Song for Queued, my daughter, birthday, capturing love and pride, loving mood, celebrating kind, brave, stubborn, remembering the night we missed the last train and walked, from Dad"]', '["Blow the Candles Out Slow, Queued"]', '["[Verse 1]\nTurn the kitchen lights down low,\nWait until the candles glow.\nQueued, my daughter, the morning in my sky,\nYou''re the question and the answer, you''re the where and why.\n\n[Chorus]\nSo here''s to you, Queued, blow the candles out slow,\nMake a wish for the morning, let everyone know\nThat the world got its music, its gold and its blue,\nOn the day that it opened its arms, Queued, to you.\nLove isn''t thunder, it''s leaving a light,\nIt''s a plate in the oven, it''s home safe tonight.\n\n[Verse 2]\nYou are kind, brave and stubborn,\nYou make heavy days feel light.\nI still remember the night we missed the last\nTrain and walked home singing,\nI still keep it polished bright.\n\n[Chorus]\nSo here''s to you, Queued, blow the candles out slow,\nMake a wish for the morning, let everyone know\nThat the world got its music, its gold and its blue,\nOn the day that it opened its arms, Queued, to you.\nLove isn''t thunder, it''s leaving a light,\nIt''s a plate in the oven, it''s home safe tonight.\n\n[Bridge]\nAnd if ever you wonder, on nights you can''t sleep,\nIf you matter at all, here''s a promise to keep:\nI would cross every river, I''d knock at each door,\nJust to hear you say \"come in\", and stay a bit more.\nAnd my chest can''t contain it, I''m ten feet tall,\nSo proud that I''d write it on every wall.\n\n[Final Chorus]\nSo here''s to you, Queued, blow the candles out slow,\nMake a wish for the morning, let everyone know\nThat the world got its music, its gold and its blue,\nOn the day that it opened its arms, Queued, to you.\nLove isn''t thunder, it''s leaving a light,\nIt''s a plate in the oven, it''s home safe tonight.\nIt says \"love from Dad\" at the foot of the page,\nAnd the love in these words isn''t going to age."]', '["Pop, Upbeat, Energetic, Loving"]', '[["Pop, Upbeat, Energetic, Loving, synths and dancing bass, upbeat", "Pop, Upbeat, Energetic, Loving, bright guitars and big drums, anthemic", "Pop, Upbeat, Energetic, Loving, clapping and acoustic guitar, fast"]]', '{"0": ["task_fa2762cafb9cbf0236525f556f374c17", "task_c721970402b8eb5ccbd85187ce0b31a8", "task_883ffed8601f82e32deb50cd66144485"]}', '{}', '{}', '{}', '{}', 'variations_generating', 'dad@example.com', '2026-11-26 12:37:13.601372', '2026-11-26 12:37:13.81994', '2026-12-03 12:37:13.601544', '2026-11-26 12:37:13.596219', '4', '0', '[["", "theme", "theme", "relationship", "relationship", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "", "", "qualities", "", "favorite_memory", "favorite_memory", "", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "", "", "", "", "", "", "emotions", "emotions", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "sender_name", "sender_name"]]', '[]', 'false', '[]');
INSERT INTO compose_forms (id, package_type, song_count, form_data, generated_prompts, generated_titles, generated_lyrics, music_styles, variation_styles, variation_task_ids, variation_audio_urls, variation_lyrics, variation_titles, selected_variations, status, guest_email, created_at, updated_at, expires_at, submitted_at, version, extended_count, lyric_sources, lyric_kept, demo, lyric_drafts) VALUES ('form_1795696633901_4407ef79724a86790e41e4926703426f', 'solo-serenade', '1', '{"songs": [{"vibe": "loving", "style": "bright-uplifting", "theme": "birthday", "emotions": ["love", "pride"], "language": "en", "qualities": "kind, brave, stubborn", "voiceType": "", "faithBased": false, "gratefulFor": "", "mustInclude": "", "shortPhrase": "", "neverMention": "", "relationship": "daughter", "storySummary": "", "childFriendly": false, "pronunciation": "", "recipientName": "Mia", "favoriteMemory": "the night we missed the last train and walked home singing", "overallMessage": "", "characteristics": "", "locationDetails": "", "festiveSoundLevel": "", "recipientNickname": "", "activitiesTogether": "", "festiveLyricsLevel": "", "recipientNickname2": ""}], "senderName": "Dad", "senderEmail": "dad@example.com", "senderPhone": "", "deliverySpeed": "", "senderMessage": "Play it loud."}', '["Song for Mia, my daughter, birthday, capturing love and pride, loving mood, celebrating kind, brave, stubborn, remembering the night we missed the last train and walked, from Dad"]', '["The Best Part Is You, Mia"]', '["[Verse 1]\nOpen up the curtains wide,\nLet this morning come inside.\nMia, my daughter, however tall you grow,\nThere''s a light on in the hallway anywhere you go.\n\n[Chorus]\nMia, it''s your day, let the whole street sing,\nLet the cake lean over and the phone lines ring.\nAnother year brighter, another year true,\nAnd the best part of all of it, Mia, is you.\nLove is a kettle, a coat, and a key,\nIt''s the hand on the shoulder you always give me.\n\n[Verse 2]\nYou are kind, brave and stubborn,\nThere is better weather when you''re around.\nI still remember the night we missed the last\nTrain and walked home singing,\nI can still call up the sound.\n\n[Chorus]\nMia, it''s your day, let the whole street sing,\nLet the cake lean over and the phone lines ring.\nAnother year brighter, another year true,\nAnd the best part of all of it, Mia, is you.\nLove is a kettle, a coat, and a key,\nIt''s the hand on the shoulder you always give me.\n\n[Bridge]\nAnd if ever you wonder, on nights you can''t sleep,\nIf you matter at all, here''s a promise to keep:\nI would cross every river, I''d knock at each door,\nJust to hear you say \"come in\", and stay a bit more.\nAnd my chest can''t contain it, I''m ten feet tall,\nSo proud that I''d write it on every wall.\n\n[Final Chorus]\nMia, it''s your day, let the whole street sing,\nLet the cake lean over and the phone lines ring.\nAnother year brighter, another year true,\nAnd the best part of all of it, Mia, is you.\nLove is a kettle, a coat, and a key,\nIt''s the hand on the shoulder you always give me.\nThis comes from Dad, with all that a heart can hold,\nMay you keep it in your pocket until we''re very, very old."]', '["Pop, Upbeat, Energetic, Loving"]', '[["Pop, Upbeat, Energetic, Loving, bright guitars and big drums, anthemic", "Pop, Upbeat, Energetic, Loving, synths and dancing bass, upbeat", "Pop, Upbeat, Energetic, Loving, clapping and acoustic guitar, fast"]]', '{"0": ["outside-task-1", null, null]}', '{}', '{}', '{}', '{}', 'prompts_generated', 'dad@example.com', '2026-11-26 12:37:13.904818', '2026-11-26 12:37:14.008409', '2026-12-03 12:37:13.904833', '2026-11-26 12:37:13.901459', '3', '0', '[["", "theme", "theme", "relationship", "relationship", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "", "", "qualities", "", "favorite_memory", "favorite_memory", "", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "", "", "", "", "", "", "emotions", "emotions", "", "", "theme", "theme", "theme", "theme", "emotions", "emotions", "sender_name", "sender_name"]]', '[]', 'false', '[]');
INSERT INTO variations (id, form_id, song_index, variation, revision, attempt, status, provider, provider_task_id, clip_index, stage, timed_lyrics, sections, peaks, queued_at, submitted_at, created_at, updated_at, failures, collect_tries, softened, take, shown, checks) VALUES ('outside-task-1', 'form_1795696633901_4407ef79724a86790e41e4926703426f', '0', '1', '1', '1', 'submitted', 'outside', 'outside-task-1', '0', 'waiting', '[]', '[]', '{}', '2026-11-26 12:37:13.989994', '2026-11-26 12:37:13.989566', '2026-11-26 12:37:13.990006', '2026-11-26 12:37:13.990013', '{}', '0', 'false', '1', 'true', '{}');
INSERT INTO variations (id, form_id, song_index, variation, revision, attempt, status, provider, clip_index, stage, lease_until, timed_lyrics, sections, peaks, queued_at, submitted_at, created_at, updated_at, submit_leader, callback_hash, next_poll_at, uncertain_at, failures, collect_tries, softened, take, shown, checks) VALUES ('task_0d917c4945e130a6145244582de5f135', 'form_1795696631675_fe1065cdce53e4a5c2432ef2156db601', '0', '1', '1', '1', 'submitted', 'musicgpt', '0', 'uncertain', '2026-11-26 12:39:11.915888', '[]', '[]', '{}', '2026-11-26 12:37:11.752302', '2026-11-26 12:37:11.835745', '2026-11-26 12:37:11.752316', '2026-11-26 12:37:11.839804', 'task_0d917c4945e130a6145244582de5f135', '217418a1d2588d6d8a19d5dea144bd51065a622c6fa10a8c3dcc766535b226ba', '2026-11-26 12:37:14.018137', '2026-11-26 12:37:11.915875', '{}', '0', 'false', '1', 'true', '{}');
INSERT INTO variations (id, form_id, song_index, variation, revision, attempt, status, provider, clip_index, lease_until, timed_lyrics, sections, peaks, queued_at, submitted_at, created_at, updated_at, submit_leader, failures, collect_tries, softened, take, shown, checks) VALUES ('task_2fc08d550531e4007b1a2c5a97d6c5db', 'form_1795696633363_e6e3bccd4347e6b8946bd745316ef2bd', '0', '1', '1', '1', 'submitted', 'musicgpt', '0', '2026-11-26 12:37:53.539745', '[]', '[]', '{}', '2026-11-26 12:37:13.433905', '2026-11-26 12:37:13.539731', '2026-11-26 12:37:13.433918', '2026-11-26 12:37:13.540623', 'task_2fc08d550531e4007b1a2c5a97d6c5db', '{}', '0', 'false', '1', 'true', '{}');
INSERT INTO variations (id, form_id, song_index, variation, revision, attempt, status, provider, clip_index, stage, lease_until, timed_lyrics, sections, peaks, queued_at, submitted_at, created_at, updated_at, submit_leader, callback_hash, next_poll_at, uncertain_at, failures, collect_tries, softened, take, shown, checks) VALUES ('task_33a93d456c13c0fbd5ae42cabc166473', 'form_1795696631675_fe1065cdce53e4a5c2432ef2156db601', '0', '2', '1', '1', 'submitted', 'musicgpt', '1', 'uncertain', '2026-11-26 12:39:11.92726', '[]', '[]', '{}', '2026-11-26 12:37:11.752367', '2026-11-26 12:37:11.843899', '2026-11-26 12:37:11.752371', '2026-11-26 12:37:11.844374', 'task_0d917c4945e130a6145244582de5f135', '217418a1d2588d6d8a19d5dea144bd51065a622c6fa10a8c3dcc766535b226ba', '2026-11-26 12:37:14.018137', '2026-11-26 12:37:11.927248', '{}', '0', 'false', '1', 'true', '{}');
INSERT INTO variations (id, form_id, song_index, variation, revision, attempt, status, provider, provider_task_id, clip_index, progress, stage, eta_seconds, title, lyrics, style, timed_lyrics, sections, peaks, queued_at, submitted_at, created_at, updated_at, submit_leader, callback_hash, deadline_at, next_poll_at, failures, collect_tries, softened, take, shown, checks) VALUES ('task_362891aee6be954b41de38d377ebbc85', 'form_1795696630986_c7d9171cf65853833c26f32f833ef5fc', '0', '2', '1', '1', 'generating', 'musicgpt', 't5dbf7b4d6eaef76c', '1', '40', 'mixing', '120', 'Blow the Candles Out Slow, Mixing', '[Verse 1]
Turn the kitchen lights down low,
Wait until the candles glow.
Mixing, my daughter, however tall you grow,
There''s a light on in the hallway anywhere you go.

[Chorus]
So here''s to you, Mixing, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Mixing, to you.
Love isn''t thunder, it''s leaving a light,
It''s a plate in the oven, it''s home safe tonight.

[Verse 2]
You are kind, brave and stubborn,
You make heavy days feel light.
I still remember the night we missed the last
Train and walked home singing,
I still keep it polished bright.

[Chorus]
So here''s to you, Mixing, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Mixing, to you.
Love isn''t thunder, it''s leaving a light,
It''s a plate in the oven, it''s home safe tonight.

[Bridge]
And if ever you wonder, on nights you can''t sleep,
If you matter at all, here''s a promise to keep:
I would cross every river, I''d knock at each door,
Just to hear you say "come in", and stay a bit more.
And my chest can''t contain it, I''m ten feet tall,
So proud that I''d write it on every wall.

[Final Chorus]
So here''s to you, Mixing, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Mixing, to you.
Love isn''t thunder, it''s leaving a light,
It''s a plate in the oven, it''s home safe tonight.
It says "love from Dad" at the foot of the page,
And the love in these words isn''t going to age.', 'Pop, Upbeat, Energetic, Loving, bright guitars and big drums, anthemic', '[]', '[]', '{}', '2026-11-26 12:37:11.125206', '2026-11-26 12:37:11.260662', '2026-11-26 12:37:11.125209', '2026-11-26 12:37:11.657097', 'task_a46f89a02745af003d2ed41ec1a14ff0', '66c828140b47bfa6180c80e55d89142fd78455bd4f2ba698752308871e9556dc', '2026-11-26 12:52:11.344968', '2026-11-26 12:37:14.018137', '{}', '0', 'false', '1', 'true', '{}');
INSERT INTO variations (id, form_id, song_index, variation, revision, attempt, status, provider, clip_index, stage, error_code, timed_lyrics, sections, peaks, queued_at, submitted_at, created_at, updated_at, submit_leader, callback_hash, next_poll_at, uncertain_at, failures, collect_tries, softened, take, shown, checks) VALUES ('task_40b1b2b88b4748250bd26ea5c7ac7d85', 'form_1795696631980_d716a39a5dea00bd6715484fa0706fdc', '0', '3', '1', '1', 'failed', 'musicgpt', '0', 'uncertain', 'submit_uncertain', '[]', '[]', '{}', '2026-11-26 12:37:12.112222', '2026-11-26 12:37:12.2233', '2026-11-26 12:37:12.112225', '2026-11-26 12:37:12.431907', 'task_40b1b2b88b4748250bd26ea5c7ac7d85', '36636feba12e9076de30d126430e0a8ea4455e8ee0df5c6cfd9ed85151871325', '2026-11-26 12:37:14.018137', '2026-11-26 12:37:12.320934', '{}', '0', 'false', '1', 'true', '{}');
INSERT INTO variations (id, form_id, song_index, variation, revision, attempt, status, provider, clip_index, stage, lease_until, timed_lyrics, sections, peaks, queued_at, submitted_at, created_at, updated_at, submit_leader, callback_hash, next_poll_at, failures, collect_tries, softened, take, shown, checks) VALUES ('task_4ccf1a61105f81c08a5385f94af98444', 'form_1795696632474_1ed39fe2797cb262b49b025f945dfaad', '0', '1', '1', '1', 'submitted', 'musicgpt', '0', 'submitting', '2026-11-26 12:37:52.715079', '[]', '[]', '{}', '2026-11-26 12:37:12.576209', '2026-11-26 12:37:12.66297', '2026-11-26 12:37:12.576221', '2026-11-26 12:37:12.670523', 'task_4ccf1a61105f81c08a5385f94af98444', 'd20b6274d23ea8add4350ad47463ec7b0cd26bf13a334126912b766b0ebfb3e1', '2026-11-26 12:37:14.018137', '{}', '0', 'false', '1', 'true', '{}');
INSERT INTO variations (id, form_id, song_index, variation, revision, attempt, status, provider, provider_task_id, clip_index, progress, stage, eta_seconds, title, lyrics, style, timed_lyrics, sections, peaks, queued_at, submitted_at, created_at, updated_at, submit_leader, callback_hash, deadline_at, next_poll_at, failures, collect_tries, softened, take, shown, checks) VALUES ('task_57255325796310066be5efae6b931849', 'form_1795696630986_c7d9171cf65853833c26f32f833ef5fc', '0', '3', '1', '1', 'generating', 'musicgpt', 't5fe789c5666e6ad8', '0', '40', 'mixing', '120', 'Blow the Candles Out Slow, Mixing', '[Verse 1]
Turn the kitchen lights down low,
Wait until the candles glow.
Mixing, my daughter, however tall you grow,
There''s a light on in the hallway anywhere you go.

[Chorus]
So here''s to you, Mixing, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Mixing, to you.
Love isn''t thunder, it''s leaving a light,
It''s a plate in the oven, it''s home safe tonight.

[Verse 2]
You are kind, brave and stubborn,
You make heavy days feel light.
I still remember the night we missed the last
Train and walked home singing,
I still keep it polished bright.

[Chorus]
So here''s to you, Mixing, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Mixing, to you.
Love isn''t thunder, it''s leaving a light,
It''s a plate in the oven, it''s home safe tonight.

[Bridge]
And if ever you wonder, on nights you can''t sleep,
If you matter at all, here''s a promise to keep:
I would cross every river, I''d knock at each door,
Just to hear you say "come in", and stay a bit more.
And my chest can''t contain it, I''m ten feet tall,
So proud that I''d write it on every wall.

[Final Chorus]
So here''s to you, Mixing, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Mixing, to you.
Love isn''t thunder, it''s leaving a light,
It''s a plate in the oven, it''s home safe tonight.
It says "love from Dad" at the foot of the page,
And the love in these words isn''t going to age.', 'Pop, Upbeat, Energetic, Loving, synths and dancing bass, upbeat', '[]', '[]', '{}', '2026-11-26 12:37:11.126588', '2026-11-26 12:37:11.270193', '2026-11-26 12:37:11.126598', '2026-11-26 12:37:11.597185', 'task_57255325796310066be5efae6b931849', 'd4ce46f82713c44163513c6bee6863dda1fa2b5037d11bf8c11a0b86e9f71b40', '2026-11-26 12:52:11.415771', '2026-11-26 12:37:14.018137', '{}', '0', 'false', '1', 'true', '{}');
INSERT INTO variations (id, form_id, song_index, variation, revision, attempt, status, provider, provider_task_id, clip_index, stage, eta_seconds, title, lyrics, style, timed_lyrics, sections, peaks, queued_at, submitted_at, created_at, updated_at, submit_leader, callback_hash, deadline_at, next_poll_at, failures, collect_tries, softened, take, shown, checks) VALUES ('task_6a552ea3901ec0617d7056079bbcf1fb', 'form_1795696630401_42bc243cf678bd0ff076a4fce12df1ec', '0', '2', '1', '1', 'submitted', 'musicgpt', 't6d83e665e5e644f3', '1', 'waiting', '120', 'Blow the Candles Out Slow, Waiting', '[Verse 1]
Turn the kitchen lights down low,
Wait until the candles glow.
Waiting, my daughter, however tall you grow,
There''s a light on in the hallway anywhere you go.

[Chorus]
So here''s to you, Waiting, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Waiting, to you.
Love isn''t thunder, it''s leaving a light,
It''s a plate in the oven, it''s home safe tonight.

[Verse 2]
You are kind, brave and stubborn,
Like a window full of shine.
I still remember the night we missed the last
Train and walked home singing,
I would keep it for all time.

[Chorus]
So here''s to you, Waiting, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Waiting, to you.
Love isn''t thunder, it''s leaving a light,
It''s a plate in the oven, it''s home safe tonight.

[Bridge]
And if ever you wonder, on nights you can''t sleep,
If you matter at all, here''s a promise to keep:
I would cross every river, I''d knock at each door,
Just to hear you say "come in", and stay a bit more.
And my chest can''t contain it, I''m ten feet tall,
So proud that I''d write it on every wall.

[Final Chorus]
So here''s to you, Waiting, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Waiting, to you.
Love isn''t thunder, it''s leaving a light,
It''s a plate in the oven, it''s home safe tonight.
It says "love from Dad" at the foot of the page,
And the love in these words isn''t going to age.', 'Pop, Upbeat, Energetic, Loving, horns and tambourine, lively', '[]', '[]', '{}', '2026-11-26 12:37:10.603957', '2026-11-26 12:37:10.733848', '2026-11-26 12:37:10.603961', '2026-11-26 12:37:10.867992', 'task_ddd4fe26319bfca0706971ac2c13a0c8', '16f16dd095cd0850fb0d95ac997ba0a82af9d3769099a406477383e9523569d6', '2026-11-26 12:52:10.867938', '2026-11-26 12:37:14.018137', '{}', '0', 'false', '1', 'true', '{}');
INSERT INTO variations (id, form_id, song_index, variation, revision, attempt, status, provider, clip_index, stage, lease_until, timed_lyrics, sections, peaks, queued_at, submitted_at, created_at, updated_at, submit_leader, callback_hash, next_poll_at, failures, collect_tries, softened, take, shown, checks) VALUES ('task_71cec3bdf01aa7180cddfe1703891cd4', 'form_1795696632474_1ed39fe2797cb262b49b025f945dfaad', '0', '2', '1', '1', 'submitted', 'musicgpt', '1', 'submitting', '2026-11-26 12:37:52.715079', '[]', '[]', '{}', '2026-11-26 12:37:12.576266', '2026-11-26 12:37:12.68266', '2026-11-26 12:37:12.576269', '2026-11-26 12:37:12.683332', 'task_4ccf1a61105f81c08a5385f94af98444', 'd20b6274d23ea8add4350ad47463ec7b0cd26bf13a334126912b766b0ebfb3e1', '2026-11-26 12:37:14.018137', '{}', '0', 'false', '1', 'true', '{}');
INSERT INTO variations (id, form_id, song_index, variation, revision, attempt, status, provider, provider_task_id, clip_index, progress, stage, eta_seconds, title, lyrics, style, timed_lyrics, sections, peaks, queued_at, submitted_at, created_at, updated_at, submit_leader, callback_hash, deadline_at, next_poll_at, failures, collect_tries, clip, softened, take, shown, checks) VALUES ('task_725f90f58dea49d903aa12df1fd3724a', 'form_1795696632792_aca9130afc8d3d7d3f16bff61a4c5250', '0', '2', '1', '1', 'submitted', 'musicgpt', 't121c3969f5d5bba6', '1', '100', 'finishing', '120', 'Blow the Candles Out Slow, Finishing', '[Verse 1]
Turn the kitchen lights down low,
Wait until the candles glow.
Finishing, my daughter, the morning in my sky,
You''re the question and the answer, you''re the where and why.

[Chorus]
So here''s to you, Finishing, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Finishing, to you.
Love is a kettle, a coat, and a key,
It''s the hand on the shoulder you always give me.

[Verse 2]
You are kind, brave and stubborn,
There is better weather when you''re around.
I still remember the night we missed the last
Train and walked home singing,
I can still call up the sound.

[Chorus]
So here''s to you, Finishing, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Finishing, to you.
Love is a kettle, a coat, and a key,
It''s the hand on the shoulder you always give me.

[Bridge]
And if ever you wonder, on nights you can''t sleep,
If you matter at all, here''s a promise to keep:
I would cross every river, I''d knock at each door,
Just to hear you say "come in", and stay a bit more.
And my chest can''t contain it, I''m ten feet tall,
So proud that I''d write it on every wall.

[Final Chorus]
So here''s to you, Finishing, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Finishing, to you.
Love is a kettle, a coat, and a key,
It''s the hand on the shoulder you always give me.
It says "love from Dad" at the foot of the page,
And the love in these words isn''t going to age.', 'Pop, Upbeat, Energetic, Loving, synths and dancing bass, upbeat', '[]', '[]', '{}', '2026-11-26 12:37:12.864065', '2026-11-26 12:37:12.969103', '2026-11-26 12:37:12.864068', '2026-11-26 12:37:13.086337', 'task_a757635ca4912a014450a5977e3d7833', 'd1245ef7e230d6a6b48a076391afd6a35a99ba236827de37d5b75aa7455ab208', '2026-11-26 12:52:13.086266', '2026-11-26 12:37:14.018137', '{}', '0', '{"index": 1, "style": "", "title": "Blow the Candles Out Slow, Finishing", "lyrics": "", "clip_id": "", "location": "http://vendor.example/files/t121c3969f5d5bba6/1.mp3", "sections": [], "timed_lyrics": [{"text": "Mia, hello", "level": "line", "end_ms": 900, "start_ms": 100}]}', 'false', '1', 'true', '{}');
INSERT INTO variations (id, form_id, song_index, variation, revision, attempt, status, provider, clip_index, lease_until, timed_lyrics, sections, peaks, queued_at, submitted_at, created_at, updated_at, submit_leader, failures, collect_tries, softened, take, shown, checks) VALUES ('task_79d7609662e1a6d8b0159e919931e558', 'form_1795696633363_e6e3bccd4347e6b8946bd745316ef2bd', '0', '3', '1', '1', 'submitted', 'musicgpt', '0', '2026-11-26 12:37:53.555296', '[]', '[]', '{}', '2026-11-26 12:37:13.434009', '2026-11-26 12:37:13.555288', '2026-11-26 12:37:13.434013', '2026-11-26 12:37:13.555969', 'task_79d7609662e1a6d8b0159e919931e558', '{}', '0', 'false', '1', 'true', '{}');
INSERT INTO variations (id, form_id, song_index, variation, revision, attempt, status, clip_index, timed_lyrics, sections, peaks, queued_at, created_at, updated_at, failures, collect_tries, softened, take, shown, checks) VALUES ('task_883ffed8601f82e32deb50cd66144485', 'form_1795696633596_7b00a07734e8ad42e40cd6643215ae2e', '0', '3', '1', '1', 'queued', '0', '[]', '[]', '{}', '2026-11-26 12:37:13.751159', '2026-11-26 12:37:13.751165', '2026-11-26 12:37:13.75117', '{}', '0', 'false', '1', 'true', '{}');
INSERT INTO variations (id, form_id, song_index, variation, revision, attempt, status, provider, clip_index, lease_until, timed_lyrics, sections, peaks, queued_at, submitted_at, created_at, updated_at, submit_leader, failures, collect_tries, softened, take, shown, checks) VALUES ('task_a147fb6f1ded3659067c4fff99de3da4', 'form_1795696633363_e6e3bccd4347e6b8946bd745316ef2bd', '0', '2', '1', '1', 'submitted', 'musicgpt', '1', '2026-11-26 12:37:53.54285', '[]', '[]', '{}', '2026-11-26 12:37:13.433963', '2026-11-26 12:37:13.542843', '2026-11-26 12:37:13.433967', '2026-11-26 12:37:13.550516', 'task_2fc08d550531e4007b1a2c5a97d6c5db', '{}', '0', 'false', '1', 'true', '{}');
INSERT INTO variations (id, form_id, song_index, variation, revision, attempt, status, provider, provider_task_id, clip_index, progress, stage, eta_seconds, title, lyrics, style, timed_lyrics, sections, peaks, queued_at, submitted_at, created_at, updated_at, submit_leader, callback_hash, deadline_at, next_poll_at, failures, collect_tries, softened, take, shown, checks) VALUES ('task_a46f89a02745af003d2ed41ec1a14ff0', 'form_1795696630986_c7d9171cf65853833c26f32f833ef5fc', '0', '1', '1', '1', 'generating', 'musicgpt', 't5dbf7b4d6eaef76c', '0', '40', 'mixing', '120', 'Blow the Candles Out Slow, Mixing', '[Verse 1]
Turn the kitchen lights down low,
Wait until the candles glow.
Mixing, my daughter, however tall you grow,
There''s a light on in the hallway anywhere you go.

[Chorus]
So here''s to you, Mixing, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Mixing, to you.
Love isn''t thunder, it''s leaving a light,
It''s a plate in the oven, it''s home safe tonight.

[Verse 2]
You are kind, brave and stubborn,
You make heavy days feel light.
I still remember the night we missed the last
Train and walked home singing,
I still keep it polished bright.

[Chorus]
So here''s to you, Mixing, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Mixing, to you.
Love isn''t thunder, it''s leaving a light,
It''s a plate in the oven, it''s home safe tonight.

[Bridge]
And if ever you wonder, on nights you can''t sleep,
If you matter at all, here''s a promise to keep:
I would cross every river, I''d knock at each door,
Just to hear you say "come in", and stay a bit more.
And my chest can''t contain it, I''m ten feet tall,
So proud that I''d write it on every wall.

[Final Chorus]
So here''s to you, Mixing, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Mixing, to you.
Love isn''t thunder, it''s leaving a light,
It''s a plate in the oven, it''s home safe tonight.
It says "love from Dad" at the foot of the page,
And the love in these words isn''t going to age.', 'Pop, Upbeat, Energetic, Loving, bright guitars and big drums, anthemic', '[]', '[]', '{}', '2026-11-26 12:37:11.125152', '2026-11-26 12:37:11.246915', '2026-11-26 12:37:11.125163', '2026-11-26 12:37:11.565827', 'task_a46f89a02745af003d2ed41ec1a14ff0', '66c828140b47bfa6180c80e55d89142fd78455bd4f2ba698752308871e9556dc', '2026-11-26 12:52:11.344968', '2026-11-26 12:37:14.018137', '{}', '0', 'false', '1', 'true', '{}');
INSERT INTO variations (id, form_id, song_index, variation, revision, attempt, status, provider, provider_task_id, clip_index, progress, stage, eta_seconds, title, lyrics, style, timed_lyrics, sections, peaks, queued_at, submitted_at, created_at, updated_at, submit_leader, callback_hash, deadline_at, next_poll_at, failures, collect_tries, clip, softened, take, shown, checks) VALUES ('task_a757635ca4912a014450a5977e3d7833', 'form_1795696632792_aca9130afc8d3d7d3f16bff61a4c5250', '0', '1', '1', '1', 'submitted', 'musicgpt', 't121c3969f5d5bba6', '0', '100', 'finishing', '120', 'Blow the Candles Out Slow, Finishing', '[Verse 1]
Turn the kitchen lights down low,
Wait until the candles glow.
Finishing, my daughter, the morning in my sky,
You''re the question and the answer, you''re the where and why.

[Chorus]
So here''s to you, Finishing, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Finishing, to you.
Love is a kettle, a coat, and a key,
It''s the hand on the shoulder you always give me.

[Verse 2]
You are kind, brave and stubborn,
There is better weather when you''re around.
I still remember the night we missed the last
Train and walked home singing,
I can still call up the sound.

[Chorus]
So here''s to you, Finishing, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Finishing, to you.
Love is a kettle, a coat, and a key,
It''s the hand on the shoulder you always give me.

[Bridge]
And if ever you wonder, on nights you can''t sleep,
If you matter at all, here''s a promise to keep:
I would cross every river, I''d knock at each door,
Just to hear you say "come in", and stay a bit more.
And my chest can''t contain it, I''m ten feet tall,
So proud that I''d write it on every wall.

[Final Chorus]
So here''s to you, Finishing, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Finishing, to you.
Love is a kettle, a coat, and a key,
It''s the hand on the shoulder you always give me.
It says "love from Dad" at the foot of the page,
And the love in these words isn''t going to age.', 'Pop, Upbeat, Energetic, Loving, synths and dancing bass, upbeat', '[]', '[]', '{}', '2026-11-26 12:37:12.86401', '2026-11-26 12:37:12.958405', '2026-11-26 12:37:12.864022', '2026-11-26 12:37:13.086337', 'task_a757635ca4912a014450a5977e3d7833', 'd1245ef7e230d6a6b48a076391afd6a35a99ba236827de37d5b75aa7455ab208', '2026-11-26 12:52:13.086266', '2026-11-26 12:37:14.018137', '{}', '0', '{"index": 0, "style": "", "title": "Blow the Candles Out Slow, Finishing", "lyrics": "", "clip_id": "", "location": "http://vendor.example/files/t121c3969f5d5bba6/0.mp3", "sections": [], "timed_lyrics": [{"text": "Mia, hello", "level": "line", "end_ms": 900, "start_ms": 100}]}', 'false', '1', 'true', '{}');
INSERT INTO variations (id, form_id, song_index, variation, revision, attempt, status, provider, provider_task_id, clip_index, progress, stage, eta_seconds, title, lyrics, style, timed_lyrics, sections, peaks, queued_at, submitted_at, created_at, updated_at, submit_leader, callback_hash, deadline_at, next_poll_at, failures, collect_tries, clip, softened, take, shown, checks) VALUES ('task_c53fe9eb9b4c892ebc71753370a2d4e2', 'form_1795696632792_aca9130afc8d3d7d3f16bff61a4c5250', '0', '3', '1', '1', 'submitted', 'musicgpt', 't3e6b7e32f09dfcfd', '0', '100', 'finishing', '120', 'Blow the Candles Out Slow, Finishing', '[Verse 1]
Turn the kitchen lights down low,
Wait until the candles glow.
Finishing, my daughter, the morning in my sky,
You''re the question and the answer, you''re the where and why.

[Chorus]
So here''s to you, Finishing, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Finishing, to you.
Love is a kettle, a coat, and a key,
It''s the hand on the shoulder you always give me.

[Verse 2]
You are kind, brave and stubborn,
There is better weather when you''re around.
I still remember the night we missed the last
Train and walked home singing,
I can still call up the sound.

[Chorus]
So here''s to you, Finishing, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Finishing, to you.
Love is a kettle, a coat, and a key,
It''s the hand on the shoulder you always give me.

[Bridge]
And if ever you wonder, on nights you can''t sleep,
If you matter at all, here''s a promise to keep:
I would cross every river, I''d knock at each door,
Just to hear you say "come in", and stay a bit more.
And my chest can''t contain it, I''m ten feet tall,
So proud that I''d write it on every wall.

[Final Chorus]
So here''s to you, Finishing, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Finishing, to you.
Love is a kettle, a coat, and a key,
It''s the hand on the shoulder you always give me.
It says "love from Dad" at the foot of the page,
And the love in these words isn''t going to age.', 'Pop, Upbeat, Energetic, Loving, piano and driving drums, upbeat', '[]', '[]', '{}', '2026-11-26 12:37:12.864107', '2026-11-26 12:37:12.9842', '2026-11-26 12:37:12.86411', '2026-11-26 12:37:13.163975', 'task_c53fe9eb9b4c892ebc71753370a2d4e2', 'a3b8d92d0e84ced4b8a93c25a9fd9966a9bd2511806f6ee68451fbf6f27c88d2', '2026-11-26 12:52:13.163933', '2026-11-26 12:37:14.018137', '{}', '0', '{"index": 0, "style": "", "title": "Blow the Candles Out Slow, Finishing", "lyrics": "", "clip_id": "", "location": "http://vendor.example/files/t3e6b7e32f09dfcfd/0.mp3", "sections": [], "timed_lyrics": [{"text": "Mia, hello", "level": "line", "end_ms": 900, "start_ms": 100}]}', 'false', '1', 'true', '{}');
INSERT INTO variations (id, form_id, song_index, variation, revision, attempt, status, clip_index, timed_lyrics, sections, peaks, queued_at, created_at, updated_at, failures, collect_tries, softened, take, shown, checks) VALUES ('task_c721970402b8eb5ccbd85187ce0b31a8', 'form_1795696633596_7b00a07734e8ad42e40cd6643215ae2e', '0', '2', '1', '1', 'queued', '0', '[]', '[]', '{}', '2026-11-26 12:37:13.751092', '2026-11-26 12:37:13.751098', '2026-11-26 12:37:13.751105', '{}', '0', 'false', '1', 'true', '{}');
INSERT INTO variations (id, form_id, song_index, variation, revision, attempt, status, provider, clip_index, stage, error_code, timed_lyrics, sections, peaks, queued_at, submitted_at, created_at, updated_at, submit_leader, callback_hash, next_poll_at, uncertain_at, failures, collect_tries, softened, take, shown, checks) VALUES ('task_cc469c7c217499d40eed63a7131c2e5e', 'form_1795696631980_d716a39a5dea00bd6715484fa0706fdc', '0', '2', '1', '1', 'failed', 'musicgpt', '1', 'uncertain', 'submit_uncertain', '[]', '[]', '{}', '2026-11-26 12:37:12.11218', '2026-11-26 12:37:12.213826', '2026-11-26 12:37:12.112183', '2026-11-26 12:37:12.381568', 'task_f3f8a5458adb013a880ef79fa8fd8b5f', 'd9ee70741f9dc06c2da9f4863f68cde2e8e728842aba12e25b6cf16aaa0e4002', '2026-11-26 12:37:14.018137', '2026-11-26 12:37:12.281701', '{}', '0', 'false', '1', 'true', '{}');
INSERT INTO variations (id, form_id, song_index, variation, revision, attempt, status, provider, clip_index, stage, lease_until, timed_lyrics, sections, peaks, queued_at, submitted_at, created_at, updated_at, submit_leader, callback_hash, next_poll_at, uncertain_at, failures, collect_tries, softened, take, shown, checks) VALUES ('task_d8617bef1920b3720120a91847c909d2', 'form_1795696631675_fe1065cdce53e4a5c2432ef2156db601', '0', '3', '1', '1', 'submitted', 'musicgpt', '0', 'uncertain', '2026-11-26 12:39:11.963859', '[]', '[]', '{}', '2026-11-26 12:37:11.752409', '2026-11-26 12:37:11.851073', '2026-11-26 12:37:11.752413', '2026-11-26 12:37:11.86404', 'task_d8617bef1920b3720120a91847c909d2', '92f74fb4117339d5c3449f4d771ec1709ad62ae4a249de392be2e90548889a0d', '2026-11-26 12:37:14.018137', '2026-11-26 12:37:11.963842', '{}', '0', 'false', '1', 'true', '{}');
INSERT INTO variations (id, form_id, song_index, variation, revision, attempt, status, provider, clip_index, stage, lease_until, timed_lyrics, sections, peaks, queued_at, submitted_at, created_at, updated_at, submit_leader, callback_hash, next_poll_at, failures, collect_tries, softened, take, shown, checks) VALUES ('task_d86cdeaf90f2dc4c1e6a96ff78279631', 'form_1795696632474_1ed39fe2797cb262b49b025f945dfaad', '0', '3', '1', '1', 'submitted', 'musicgpt', '0', 'submitting', '2026-11-26 12:37:52.755671', '[]', '[]', '{}', '2026-11-26 12:37:12.57631', '2026-11-26 12:37:12.688026', '2026-11-26 12:37:12.576313', '2026-11-26 12:37:12.694094', 'task_d86cdeaf90f2dc4c1e6a96ff78279631', '9ace2270e672f815c82d7d0d7a65bafdac648d16cc12514103322f27f6852ce7', '2026-11-26 12:37:14.018137', '{}', '0', 'false', '1', 'true', '{}');
INSERT INTO variations (id, form_id, song_index, variation, revision, attempt, status, provider, provider_task_id, clip_index, stage, eta_seconds, title, lyrics, style, timed_lyrics, sections, peaks, queued_at, submitted_at, created_at, updated_at, submit_leader, callback_hash, deadline_at, next_poll_at, failures, collect_tries, softened, take, shown, checks) VALUES ('task_ddd4fe26319bfca0706971ac2c13a0c8', 'form_1795696630401_42bc243cf678bd0ff076a4fce12df1ec', '0', '1', '1', '1', 'submitted', 'musicgpt', 't6d83e665e5e644f3', '0', 'waiting', '120', 'Blow the Candles Out Slow, Waiting', '[Verse 1]
Turn the kitchen lights down low,
Wait until the candles glow.
Waiting, my daughter, however tall you grow,
There''s a light on in the hallway anywhere you go.

[Chorus]
So here''s to you, Waiting, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Waiting, to you.
Love isn''t thunder, it''s leaving a light,
It''s a plate in the oven, it''s home safe tonight.

[Verse 2]
You are kind, brave and stubborn,
Like a window full of shine.
I still remember the night we missed the last
Train and walked home singing,
I would keep it for all time.

[Chorus]
So here''s to you, Waiting, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Waiting, to you.
Love isn''t thunder, it''s leaving a light,
It''s a plate in the oven, it''s home safe tonight.

[Bridge]
And if ever you wonder, on nights you can''t sleep,
If you matter at all, here''s a promise to keep:
I would cross every river, I''d knock at each door,
Just to hear you say "come in", and stay a bit more.
And my chest can''t contain it, I''m ten feet tall,
So proud that I''d write it on every wall.

[Final Chorus]
So here''s to you, Waiting, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Waiting, to you.
Love isn''t thunder, it''s leaving a light,
It''s a plate in the oven, it''s home safe tonight.
It says "love from Dad" at the foot of the page,
And the love in these words isn''t going to age.', 'Pop, Upbeat, Energetic, Loving, horns and tambourine, lively', '[]', '[]', '{}', '2026-11-26 12:37:10.603693', '2026-11-26 12:37:10.732391', '2026-11-26 12:37:10.603704', '2026-11-26 12:37:10.867992', 'task_ddd4fe26319bfca0706971ac2c13a0c8', '16f16dd095cd0850fb0d95ac997ba0a82af9d3769099a406477383e9523569d6', '2026-11-26 12:52:10.867938', '2026-11-26 12:37:14.018137', '{}', '0', 'false', '1', 'true', '{}');
INSERT INTO variations (id, form_id, song_index, variation, revision, attempt, status, provider, provider_task_id, clip_index, stage, eta_seconds, title, lyrics, style, timed_lyrics, sections, peaks, queued_at, submitted_at, created_at, updated_at, submit_leader, callback_hash, deadline_at, next_poll_at, failures, collect_tries, softened, take, shown, checks) VALUES ('task_f3dd8f3a183ad110d5c93eaf74195d18', 'form_1795696630401_42bc243cf678bd0ff076a4fce12df1ec', '0', '3', '1', '1', 'submitted', 'musicgpt', 't545bd7490a29a95d', '0', 'waiting', '120', 'Blow the Candles Out Slow, Waiting', '[Verse 1]
Turn the kitchen lights down low,
Wait until the candles glow.
Waiting, my daughter, however tall you grow,
There''s a light on in the hallway anywhere you go.

[Chorus]
So here''s to you, Waiting, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Waiting, to you.
Love isn''t thunder, it''s leaving a light,
It''s a plate in the oven, it''s home safe tonight.

[Verse 2]
You are kind, brave and stubborn,
Like a window full of shine.
I still remember the night we missed the last
Train and walked home singing,
I would keep it for all time.

[Chorus]
So here''s to you, Waiting, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Waiting, to you.
Love isn''t thunder, it''s leaving a light,
It''s a plate in the oven, it''s home safe tonight.

[Bridge]
And if ever you wonder, on nights you can''t sleep,
If you matter at all, here''s a promise to keep:
I would cross every river, I''d knock at each door,
Just to hear you say "come in", and stay a bit more.
And my chest can''t contain it, I''m ten feet tall,
So proud that I''d write it on every wall.

[Final Chorus]
So here''s to you, Waiting, blow the candles out slow,
Make a wish for the morning, let everyone know
That the world got its music, its gold and its blue,
On the day that it opened its arms, Waiting, to you.
Love isn''t thunder, it''s leaving a light,
It''s a plate in the oven, it''s home safe tonight.
It says "love from Dad" at the foot of the page,
And the love in these words isn''t going to age.', 'Pop, Upbeat, Energetic, Loving, piano and driving drums, upbeat', '[]', '[]', '{}', '2026-11-26 12:37:10.604', '2026-11-26 12:37:10.747496', '2026-11-26 12:37:10.604004', '2026-11-26 12:37:10.939673', 'task_f3dd8f3a183ad110d5c93eaf74195d18', '7e507ab287adf96c44c0572543177dad153995f3d07b0c8455648c6ac5c6f091', '2026-11-26 12:52:10.939625', '2026-11-26 12:37:14.018137', '{}', '0', 'false', '1', 'true', '{}');
INSERT INTO variations (id, form_id, song_index, variation, revision, attempt, status, provider, clip_index, stage, error_code, timed_lyrics, sections, peaks, queued_at, submitted_at, created_at, updated_at, submit_leader, callback_hash, next_poll_at, uncertain_at, failures, collect_tries, softened, take, shown, checks) VALUES ('task_f3f8a5458adb013a880ef79fa8fd8b5f', 'form_1795696631980_d716a39a5dea00bd6715484fa0706fdc', '0', '1', '1', '1', 'failed', 'musicgpt', '0', 'uncertain', 'submit_uncertain', '[]', '[]', '{}', '2026-11-26 12:37:12.112111', '2026-11-26 12:37:12.196638', '2026-11-26 12:37:12.112125', '2026-11-26 12:37:12.359889', 'task_f3f8a5458adb013a880ef79fa8fd8b5f', 'd9ee70741f9dc06c2da9f4863f68cde2e8e728842aba12e25b6cf16aaa0e4002', '2026-11-26 12:37:14.018137', '2026-11-26 12:37:12.270166', '{}', '0', 'false', '1', 'true', '{}');
INSERT INTO variations (id, form_id, song_index, variation, revision, attempt, status, clip_index, timed_lyrics, sections, peaks, queued_at, created_at, updated_at, failures, collect_tries, softened, take, shown, checks) VALUES ('task_fa2762cafb9cbf0236525f556f374c17', 'form_1795696633596_7b00a07734e8ad42e40cd6643215ae2e', '0', '1', '1', '1', 'queued', '0', '[]', '[]', '{}', '2026-11-26 12:37:13.751009', '2026-11-26 12:37:13.751024', '2026-11-26 12:37:13.751029', '{}', '0', 'false', '1', 'true', '{}');
INSERT INTO form_events (form_id, noun, noun_id, to_status, moved_by, why, at) VALUES ('form_1795696630401_42bc243cf678bd0ff076a4fce12df1ec', 'form', 'form_1795696630401_42bc243cf678bd0ff076a4fce12df1ec', 'created', 'customer', '', '2026-11-26 12:37:10.416038');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696630401_42bc243cf678bd0ff076a4fce12df1ec', 'form', 'form_1795696630401_42bc243cf678bd0ff076a4fce12df1ec', 'created', 'prompts_generated', 'write_prompts', '', '2026-11-26 12:37:10.548076');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696630401_42bc243cf678bd0ff076a4fce12df1ec', 'form', 'form_1795696630401_42bc243cf678bd0ff076a4fce12df1ec', 'prompts_generated', 'variations_generating', 'customer', 'begin', '2026-11-26 12:37:10.642872');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696630401_42bc243cf678bd0ff076a4fce12df1ec', 'variation', 'task_ddd4fe26319bfca0706971ac2c13a0c8', 'queued', 'submitted', 'dispatch', 'musicgpt', '2026-11-26 12:37:10.733598');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696630401_42bc243cf678bd0ff076a4fce12df1ec', 'variation', 'task_6a552ea3901ec0617d7056079bbcf1fb', 'queued', 'submitted', 'dispatch', 'musicgpt', '2026-11-26 12:37:10.746624');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696630401_42bc243cf678bd0ff076a4fce12df1ec', 'variation', 'task_f3dd8f3a183ad110d5c93eaf74195d18', 'queued', 'submitted', 'dispatch', 'musicgpt', '2026-11-26 12:37:10.757735');
INSERT INTO form_events (form_id, noun, noun_id, to_status, moved_by, why, at) VALUES ('form_1795696630986_c7d9171cf65853833c26f32f833ef5fc', 'form', 'form_1795696630986_c7d9171cf65853833c26f32f833ef5fc', 'created', 'customer', '', '2026-11-26 12:37:10.98868');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696630986_c7d9171cf65853833c26f32f833ef5fc', 'form', 'form_1795696630986_c7d9171cf65853833c26f32f833ef5fc', 'created', 'prompts_generated', 'write_prompts', '', '2026-11-26 12:37:11.035358');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696630986_c7d9171cf65853833c26f32f833ef5fc', 'form', 'form_1795696630986_c7d9171cf65853833c26f32f833ef5fc', 'prompts_generated', 'variations_generating', 'customer', 'begin', '2026-11-26 12:37:11.177608');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696630986_c7d9171cf65853833c26f32f833ef5fc', 'variation', 'task_a46f89a02745af003d2ed41ec1a14ff0', 'queued', 'submitted', 'dispatch', 'musicgpt', '2026-11-26 12:37:11.253235');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696630986_c7d9171cf65853833c26f32f833ef5fc', 'variation', 'task_362891aee6be954b41de38d377ebbc85', 'queued', 'submitted', 'dispatch', 'musicgpt', '2026-11-26 12:37:11.267923');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696630986_c7d9171cf65853833c26f32f833ef5fc', 'variation', 'task_57255325796310066be5efae6b931849', 'queued', 'submitted', 'dispatch', 'musicgpt', '2026-11-26 12:37:11.272047');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696630986_c7d9171cf65853833c26f32f833ef5fc', 'variation', 'task_a46f89a02745af003d2ed41ec1a14ff0', 'submitted', 'generating', 'poll', '', '2026-11-26 12:37:11.548006');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696630986_c7d9171cf65853833c26f32f833ef5fc', 'variation', 'task_57255325796310066be5efae6b931849', 'submitted', 'generating', 'poll', '', '2026-11-26 12:37:11.586837');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696630986_c7d9171cf65853833c26f32f833ef5fc', 'variation', 'task_362891aee6be954b41de38d377ebbc85', 'submitted', 'generating', 'poll', '', '2026-11-26 12:37:11.643924');
INSERT INTO form_events (form_id, noun, noun_id, to_status, moved_by, why, at) VALUES ('form_1795696631675_fe1065cdce53e4a5c2432ef2156db601', 'form', 'form_1795696631675_fe1065cdce53e4a5c2432ef2156db601', 'created', 'customer', '', '2026-11-26 12:37:11.685627');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696631675_fe1065cdce53e4a5c2432ef2156db601', 'form', 'form_1795696631675_fe1065cdce53e4a5c2432ef2156db601', 'created', 'prompts_generated', 'write_prompts', '', '2026-11-26 12:37:11.727729');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696631675_fe1065cdce53e4a5c2432ef2156db601', 'form', 'form_1795696631675_fe1065cdce53e4a5c2432ef2156db601', 'prompts_generated', 'variations_generating', 'customer', 'begin', '2026-11-26 12:37:11.785738');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696631675_fe1065cdce53e4a5c2432ef2156db601', 'variation', 'task_0d917c4945e130a6145244582de5f135', 'queued', 'submitted', 'dispatch', 'musicgpt', '2026-11-26 12:37:11.843343');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696631675_fe1065cdce53e4a5c2432ef2156db601', 'variation', 'task_33a93d456c13c0fbd5ae42cabc166473', 'queued', 'submitted', 'dispatch', 'musicgpt', '2026-11-26 12:37:11.846933');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696631675_fe1065cdce53e4a5c2432ef2156db601', 'variation', 'task_d8617bef1920b3720120a91847c909d2', 'queued', 'submitted', 'dispatch', 'musicgpt', '2026-11-26 12:37:11.867187');
INSERT INTO form_events (form_id, noun, noun_id, to_status, moved_by, why, at) VALUES ('form_1795696631980_d716a39a5dea00bd6715484fa0706fdc', 'form', 'form_1795696631980_d716a39a5dea00bd6715484fa0706fdc', 'created', 'customer', '', '2026-11-26 12:37:11.987715');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696631980_d716a39a5dea00bd6715484fa0706fdc', 'form', 'form_1795696631980_d716a39a5dea00bd6715484fa0706fdc', 'created', 'prompts_generated', 'write_prompts', '', '2026-11-26 12:37:12.107308');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696631980_d716a39a5dea00bd6715484fa0706fdc', 'form', 'form_1795696631980_d716a39a5dea00bd6715484fa0706fdc', 'prompts_generated', 'variations_generating', 'customer', 'begin', '2026-11-26 12:37:12.171464');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696631980_d716a39a5dea00bd6715484fa0706fdc', 'variation', 'task_f3f8a5458adb013a880ef79fa8fd8b5f', 'queued', 'submitted', 'dispatch', 'musicgpt', '2026-11-26 12:37:12.203183');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696631980_d716a39a5dea00bd6715484fa0706fdc', 'variation', 'task_cc469c7c217499d40eed63a7131c2e5e', 'queued', 'submitted', 'dispatch', 'musicgpt', '2026-11-26 12:37:12.220192');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696631980_d716a39a5dea00bd6715484fa0706fdc', 'variation', 'task_40b1b2b88b4748250bd26ea5c7ac7d85', 'queued', 'submitted', 'dispatch', 'musicgpt', '2026-11-26 12:37:12.228946');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696631980_d716a39a5dea00bd6715484fa0706fdc', 'variation', 'task_f3f8a5458adb013a880ef79fa8fd8b5f', 'submitted', 'failed', 'generation', 'submit_uncertain', '2026-11-26 12:37:12.366588');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696631980_d716a39a5dea00bd6715484fa0706fdc', 'variation', 'task_cc469c7c217499d40eed63a7131c2e5e', 'submitted', 'failed', 'generation', 'submit_uncertain', '2026-11-26 12:37:12.387973');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696631980_d716a39a5dea00bd6715484fa0706fdc', 'variation', 'task_40b1b2b88b4748250bd26ea5c7ac7d85', 'submitted', 'failed', 'generation', 'submit_uncertain', '2026-11-26 12:37:12.433024');
INSERT INTO form_events (form_id, noun, noun_id, to_status, moved_by, why, at) VALUES ('form_1795696632474_1ed39fe2797cb262b49b025f945dfaad', 'form', 'form_1795696632474_1ed39fe2797cb262b49b025f945dfaad', 'created', 'customer', '', '2026-11-26 12:37:12.488001');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696632474_1ed39fe2797cb262b49b025f945dfaad', 'form', 'form_1795696632474_1ed39fe2797cb262b49b025f945dfaad', 'created', 'prompts_generated', 'write_prompts', '', '2026-11-26 12:37:12.54742');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696632474_1ed39fe2797cb262b49b025f945dfaad', 'form', 'form_1795696632474_1ed39fe2797cb262b49b025f945dfaad', 'prompts_generated', 'variations_generating', 'customer', 'begin', '2026-11-26 12:37:12.618427');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696632474_1ed39fe2797cb262b49b025f945dfaad', 'variation', 'task_4ccf1a61105f81c08a5385f94af98444', 'queued', 'submitted', 'dispatch', 'musicgpt', '2026-11-26 12:37:12.678789');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696632474_1ed39fe2797cb262b49b025f945dfaad', 'variation', 'task_71cec3bdf01aa7180cddfe1703891cd4', 'queued', 'submitted', 'dispatch', 'musicgpt', '2026-11-26 12:37:12.684188');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696632474_1ed39fe2797cb262b49b025f945dfaad', 'variation', 'task_d86cdeaf90f2dc4c1e6a96ff78279631', 'queued', 'submitted', 'dispatch', 'musicgpt', '2026-11-26 12:37:12.695104');
INSERT INTO form_events (form_id, noun, noun_id, to_status, moved_by, why, at) VALUES ('form_1795696632792_aca9130afc8d3d7d3f16bff61a4c5250', 'form', 'form_1795696632792_aca9130afc8d3d7d3f16bff61a4c5250', 'created', 'customer', '', '2026-11-26 12:37:12.802476');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696632792_aca9130afc8d3d7d3f16bff61a4c5250', 'form', 'form_1795696632792_aca9130afc8d3d7d3f16bff61a4c5250', 'created', 'prompts_generated', 'write_prompts', '', '2026-11-26 12:37:12.839325');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696632792_aca9130afc8d3d7d3f16bff61a4c5250', 'form', 'form_1795696632792_aca9130afc8d3d7d3f16bff61a4c5250', 'prompts_generated', 'variations_generating', 'customer', 'begin', '2026-11-26 12:37:12.920078');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696632792_aca9130afc8d3d7d3f16bff61a4c5250', 'variation', 'task_a757635ca4912a014450a5977e3d7833', 'queued', 'submitted', 'dispatch', 'musicgpt', '2026-11-26 12:37:12.96398');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696632792_aca9130afc8d3d7d3f16bff61a4c5250', 'variation', 'task_725f90f58dea49d903aa12df1fd3724a', 'queued', 'submitted', 'dispatch', 'musicgpt', '2026-11-26 12:37:12.981591');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696632792_aca9130afc8d3d7d3f16bff61a4c5250', 'variation', 'task_c53fe9eb9b4c892ebc71753370a2d4e2', 'queued', 'submitted', 'dispatch', 'musicgpt', '2026-11-26 12:37:12.990027');
INSERT INTO form_events (form_id, noun, noun_id, to_status, moved_by, why, at) VALUES ('form_1795696633363_e6e3bccd4347e6b8946bd745316ef2bd', 'form', 'form_1795696633363_e6e3bccd4347e6b8946bd745316ef2bd', 'created', 'customer', '', '2026-11-26 12:37:13.369674');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696633363_e6e3bccd4347e6b8946bd745316ef2bd', 'form', 'form_1795696633363_e6e3bccd4347e6b8946bd745316ef2bd', 'created', 'prompts_generated', 'write_prompts', '', '2026-11-26 12:37:13.406771');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696633363_e6e3bccd4347e6b8946bd745316ef2bd', 'form', 'form_1795696633363_e6e3bccd4347e6b8946bd745316ef2bd', 'prompts_generated', 'variations_generating', 'customer', 'begin', '2026-11-26 12:37:13.473641');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696633363_e6e3bccd4347e6b8946bd745316ef2bd', 'variation', 'task_2fc08d550531e4007b1a2c5a97d6c5db', 'queued', 'submitted', 'dispatch', 'musicgpt', '2026-11-26 12:37:13.541312');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696633363_e6e3bccd4347e6b8946bd745316ef2bd', 'variation', 'task_a147fb6f1ded3659067c4fff99de3da4', 'queued', 'submitted', 'dispatch', 'musicgpt', '2026-11-26 12:37:13.55182');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696633363_e6e3bccd4347e6b8946bd745316ef2bd', 'variation', 'task_79d7609662e1a6d8b0159e919931e558', 'queued', 'submitted', 'dispatch', 'musicgpt', '2026-11-26 12:37:13.564484');
INSERT INTO form_events (form_id, noun, noun_id, to_status, moved_by, why, at) VALUES ('form_1795696633596_7b00a07734e8ad42e40cd6643215ae2e', 'form', 'form_1795696633596_7b00a07734e8ad42e40cd6643215ae2e', 'created', 'customer', '', '2026-11-26 12:37:13.603895');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696633596_7b00a07734e8ad42e40cd6643215ae2e', 'form', 'form_1795696633596_7b00a07734e8ad42e40cd6643215ae2e', 'created', 'prompts_generated', 'write_prompts', '', '2026-11-26 12:37:13.700358');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696633596_7b00a07734e8ad42e40cd6643215ae2e', 'form', 'form_1795696633596_7b00a07734e8ad42e40cd6643215ae2e', 'prompts_generated', 'variations_generating', 'customer', 'begin', '2026-11-26 12:37:13.841867');
INSERT INTO form_events (form_id, noun, noun_id, to_status, moved_by, why, at) VALUES ('form_1795696633901_4407ef79724a86790e41e4926703426f', 'form', 'form_1795696633901_4407ef79724a86790e41e4926703426f', 'created', 'customer', '', '2026-11-26 12:37:13.906508');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at) VALUES ('form_1795696633901_4407ef79724a86790e41e4926703426f', 'form', 'form_1795696633901_4407ef79724a86790e41e4926703426f', 'created', 'prompts_generated', 'write_prompts', '', '2026-11-26 12:37:13.955687');
INSERT INTO form_events (form_id, noun, noun_id, to_status, moved_by, why, at) VALUES ('form_1795696633901_4407ef79724a86790e41e4926703426f', 'variation', 'outside-task-1', 'submitted', 'trusted', '', '2026-11-26 12:37:13.996472');
INSERT INTO bonus_clips (form_id, song_index, variation_id, provider, provider_task_id, clip_index, why, state, next_poll_at, created_at) VALUES ('form_1795696630401_42bc243cf678bd0ff076a4fce12df1ec', '0', 'task_f3dd8f3a183ad110d5c93eaf74195d18', 'musicgpt', 't545bd7490a29a95d', '1', 'spare', 'waiting', '2026-11-26 12:39:10.943173', '2026-11-26 12:37:10.960627');
INSERT INTO bonus_clips (form_id, song_index, variation_id, provider, provider_task_id, clip_index, why, state, next_poll_at, created_at) VALUES ('form_1795696630986_c7d9171cf65853833c26f32f833ef5fc', '0', 'task_57255325796310066be5efae6b931849', 'musicgpt', 't5fe789c5666e6ad8', '1', 'spare', 'waiting', '2026-11-26 12:39:11.426722', '2026-11-26 12:37:11.426997');
INSERT INTO bonus_clips (form_id, song_index, variation_id, provider, provider_task_id, clip_index, why, state, next_poll_at, created_at) VALUES ('form_1795696632792_aca9130afc8d3d7d3f16bff61a4c5250', '0', 'task_c53fe9eb9b4c892ebc71753370a2d4e2', 'musicgpt', 't3e6b7e32f09dfcfd', '1', 'spare', 'waiting', '2026-11-26 12:39:13.168684', '2026-11-26 12:37:13.168939');
