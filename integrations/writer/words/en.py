"""English: the lines the lyricist may sing around the customer's own facts."""

from __future__ import annotations

from integrations.writer.words.en_speech import EnglishSpeech
from integrations.writer.words.stock import Stock, families, table

OPENERS = table("""
# birthday
Turn the kitchen lights down low,
wait until the candles glow.

Open up the curtains wide,
let this morning come inside.
# wedding
Hush now, let the music start,
every chair holds someone's heart.

All the flowers lean to see
two walk in as one soon-to-be.
# anniversary
Same two cups beside the sink,
still more love than you would think.

Dance with me across this floor,
like we've done it all before.
# mothers-day
Morning sun across the floor,
flowers waiting by the door.
# fathers-day
Coffee on and boots by the door,
this one's yours, and I've got more.
# valentines
Leave the dishes, dim the light,
dance with me in socks tonight.

Every card the shop could sell
couldn't say it half as well.
# engagement
There's a ring and there's a yes,
there's a heart that can't say less.
# new-baby
Tiptoe softly down the hall,
hear the smallest breath of all.
# graduation
Throw your cap up to the blue,
watch it wave right back at you.
# retirement
Hang your coat up, close the drawer,
leave your footsteps by the door.

Switch the lamp off, push your chair,
hear the whole room stand up there.
# get-well
Morning taps the window pane,
sun comes after every rain.
# in-memory
There's a chair beside the light,
there's a quiet in the night.

I still turn to tell you things,
every time the doorbell rings.
# thank-you
I had speeches, I had lines,
tore them up a dozen times.

Some people pass, and some people stay,
and leave on a light at the end of the day.
# thinking-of-you
Kettle's on and skies are grey,
you just crossed my mind today.
# missing-you
There's a space where you would be,
one more cup set out for tea.
# sorry
I have walked around the block,
practised how I ought to knock.
# just-because
It's no birthday on the wall,
there's no reason here at all.
# new-home
Boxes stacked up to the light,
first key turning, door swings right.
# good-luck
Tie your laces, lift your chin,
there's a door, now walk right in.
# merry-christmas
Stockings hung and lights aglow,
carols in the street below.
# happy-holidays
Paper, ribbon, tape and string,
wait until the doorbells ring.
# mistletoe-kisses
There's a sprig above the door,
who put that up there, and what for?
# christmas-love
Only the tree lights left to burn,
snow on the step and the year on the turn.
# christmas-wish
One more letter, sealed up tight,
one more wish for Christmas night.
# happy-new-year
Count it down and hold it near,
here comes one more shining year.
# new-years-wish
Midnight leans against the glass,
lets the old year softly pass.
# any
There's a song I've carried long,
every word where you belong.
# level christmas-magic
Sleigh bells up above the street,
Santa's boots and reindeer feet.

There's a star upon the tree,
Santa's sleigh for you and me.
# level lightly-festive
There's a little snow outside,
twinkling lights and one sleigh ride.

Twinkling lights along the lane,
snow like lace on the window pane.
# level winter-wonderland
Snowfall soft on field and wall,
firelight dancing down the hall.

Winter's white on every tree,
by the fire there's room for you and me.
""")

RELATIONS = table("""
# mum
{name}, {my}, the lamp in the hall,
you're the hand in mine each time I fall.
# dad
{name}, {my}, the steady in the storm,
you're the coat around my shoulders, keeping me warm.
# partner
{name}, {my}, the half of every plan,
you're the home I come to, the hand that finds my hand.
# child
{name}, {my}, the morning in my sky,
you're the question and the answer, you're the where and why.

{name}, {my}, however tall you grow,
there's a light on in the hallway anywhere you go.
# friend
{name}, {my}, the first one that I call,
you're the laughter on the phone line down the hall.
# grandparent
{name}, {my}, the roots beneath the tree,
half the good I carry is the good you give to me.
# sibling
{name}, {my}, same stories, same old song,
you're the one who knows the chorus, and you sing it wrong.
# colleague
{name}, {my}, the calm when days run long,
you're the reason half this building wants to sing along.
# pet
{name}, {my}, with mischief in your eyes,
every time that I come home you greet me like a prize.
# team
{name}, {my}, all pulling side by side,
there's no hill too steep for people with this kind of pride.
# other
{name}, {my}, this melody's for you,
every line is honest and every word is true.
# formal
{name}, {my}, this melody's for you,
every line is grateful and every word is true.
# memorial
{name}, {my}, I still say your name,
and love is a candle that keeps its own flame.
""")

CHORUSES = table("""
# birthday
So here's to you, {name}, blow the candles out slow,
make a wish for the morning, let everyone know
that the world got its music, its gold and its blue,
on the day that it opened its arms, {name}, to you.

{name}, it's your day, let the whole street sing,
let the cake lean over and the phone lines ring.
Another year brighter, another year true,
and the best part of all of it, {name}, is you.
# wedding
Raise up a light now, {name}, it's your day,
two roads at the crossing, and one leads away.
Take all that we wish you, take sun and take rain,
and choose one another again and again.
# anniversary
And, {name}, I'd choose it, I'd choose it once more,
the same turning key in the same wooden door,
the long way, the slow way, the grey and the blue,
as long as the road, {name}, is walking with you.
# mothers-day
So this is for you, {name}, for all that you do,
for the light in the window: it's you, always you.
If love were a garden, I'd bring you the spring,
but all that I have is this song that I sing.
# fathers-day
So this is for you, {name}, hands steady and wide,
for the road up ahead with you right at my side.
You don't ask for medals, you don't ask for song,
well, {name}, sit down, I've been saving it long.
# valentines
Be mine, {name}, be mine, when the flowers are gone,
when the table is cleared and the night's getting on.
I don't need the moonlight, I don't need the wine,
just your coat next to my coat, {name}, be mine.
# engagement
You said yes, {name}, and the stars all leaned in,
there's a drum in the street where the bells will begin.
Take every tomorrow and tie it in two,
oh, {name}, forever looks lovely on you.
# new-baby
Welcome, sweet wonder, the world's at the door,
{name}, there's a love here we've not known before.
So small is the blanket, so wide is the view,
and all of our evenings are singing to you.
# graduation
Look at you, {name}, with the world at your feet,
hear every clap rolling down through the street.
You've done it, you've done it, the long and the true,
and, {name}, tomorrow is looking for you.
# retirement
So here's to you, {name}, put the clock on the shelf,
you've given us plenty, now keep some yourself.
The morning is open, the road's running free,
the best of it, {name}, is still yet to be.
# get-well
Rest easy now, {name}, let the pillow hold on,
there's a light up the hill and the night's nearly gone.
One step and then two, we'll be cheering you through,
oh, {name}, the morning is waiting for you.
# in-memory
And I'll sing for you, {name}, when the evening turns gold,
there's a place at the table the years cannot hold.
You're the hush in the garden, the light coming through,
and all that I do, {name}, still carries you.

Sleep softly now, {name}, the stars know your name,
there's a light in the window, I'll keep it the same.
You're not in the distance, you're not out of view,
each time that I'm kind, {name}, that kindness was you.
# thank-you
Thank you, {name}, thank you, it's simple, it's true,
there's a road I have walked on that's lit up by you.
If a song were a handshake, I'd never let go,
so thank you, {name}, thank you, I want you to know.
# thinking-of-you
I'm thinking of you, {name}, wherever you are,
through a window, a railway, a song in the car.
No reason, no season, no big news to tell,
just hoping, dear {name}, that the day treats you well.
# missing-you
I miss you, {name}, I miss you, it's quiet and true,
every road on the map has a turning to you.
I'll leave on the porch light, I'll leave it on low,
come home when you can, {name}, I want you to know.
# sorry
I'm sorry, {name}, sorry, no ifs and no but,
I'm here on the step and I won't let it shut.
If you leave on a light, I will find my way through,
I'm sorry, {name}, sorry, I'm singing to you.
# just-because
No reason, {name}, none, it's a plain kind of day,
the sky isn't special, it's just on its way,
but somebody told me that songs should be due
to the ones you'd be lost without, {name}, that's you.
# new-home
Come in, {name}, come in, let the floorboards all sing,
hang your hopes on the hook where the front door keys swing.
May the kettle be busy, the windows be wide,
and the whole world be kinder, {name}, inside.
# good-luck
Go on now, {name}, go on, there's wind at your back,
there's a light up ahead at the end of the track.
We'll be cheering you over, we'll be cheering you through,
go on now, {name}, go on, it's waiting for you.
# merry-christmas
Merry Christmas, {name}, may the bells ring for you,
may the snow find the rooftops, the old songs ring true.
There's a star on the tree and a light at the door,
Merry Christmas, {name}, Merry Christmas once more.
# happy-holidays
Happy holidays, {name}, put your paper hat on,
we'll be singing too loud till the last crumb is gone.
There's a chair and a plate and a party for you,
happy holidays, {name}, and the whole year through.
# mistletoe-kisses
Meet me, {name}, meet me, by the mistletoe's glow,
I'll pretend I was passing, I'll pretend I don't know.
One kiss for the winter and one for the door,
and then, {name}, then, why not just one more.
# christmas-love
All I want, {name}, is this hour by the tree,
your hand in my hand and the lights upon me.
Let it snow on the rooftops, let the church bells be true,
my Christmas, {name}, every Christmas, is you.
# christmas-wish
So here is my wish, {name}, tied up with a bow,
may you feel all the love that you cannot quite know.
May the night find you gentle, the morning find you whole,
may this Christmas, dear {name}, bring peace to your soul.
# happy-new-year
Happy New Year, {name}, let the fireworks fly,
let us hang all our hopes on the rim of the sky.
Three, two, one, and the whole thing is new,
here's to the year, {name}, and here's to you.
# new-years-wish
At the turn of the year, {name}, I wish for you this:
a road that is kind, and a morning like bliss,
a door that stays open, a dream that comes through,
and all that you give, {name}, come back to you.
# any
So this is for you, {name}, as plain as can be,
a song for the light that you give unto me.
I looked for the words and the words all came true,
the second I started them, {name}, with you.
# formal
So here's to you, {name}, let the thanks ring clear,
for the care and the kindness you bring to us here.
May the road rise to meet you, the sky stay blue,
and may all you have given come back, {name}, to you.
""")

TITLES = table("""
# birthday
Blow the Candles Out Slow, {name}

The Best Part Is You, {name}
# wedding
Two Roads, One Door
# anniversary
I'd Choose It Once More, {name}
# mothers-day
The Light in the Window, {name}
# fathers-day
Steady Hands, {name}
# valentines
Be Mine, {name}
# engagement
You Said Yes, {name}
# new-baby
Welcome, {name}
# graduation
Look at You, {name}
# retirement
The Road's Running Free, {name}
# get-well
Rest Easy Now, {name}
# in-memory
Still Carries You, {name}
# thank-you
Thank You, {name}
# thinking-of-you
Wherever You Are, {name}
# missing-you
Porch Light On, {name}
# sorry
On Your Step, {name}
# just-because
No Reason, {name}
# new-home
Come In, {name}
# good-luck
Wind at Your Back, {name}
# merry-christmas
Merry Christmas, {name}
# happy-holidays
Happy Holidays, {name}
# mistletoe-kisses
Meet Me, {name}
# christmas-love
My Christmas Is You, {name}
# christmas-wish
A Wish with a Bow, {name}
# happy-new-year
Here's to the Year, {name}
# new-years-wish
At the Turn of the Year, {name}
# any
A Song for {name}

For {name}
""")

FEELINGS = table("""
# love
Love is a kettle, a coat, and a key,
it's the hand on the shoulder you always give me.

Love isn't thunder, it's leaving a light,
it's a plate in the oven, it's home safe tonight.
# romantic-love
And my heart keeps the time of your step on the stair,
there's no room I have loved but the one with you there.

Kiss me at midnight and kiss me at dawn,
I'll love you the whole way from this moment on.
# love memorial
Love is a kettle, a coat, and a key,
it's the light that you left that is still guiding me.
# romantic-love memorial
And my heart keeps the time of your step on the stair,
there's no room I walk into but you're everywhere.
# joy memorial
And joy finds a window, and lets itself in,
I remember you laughing, and feel myself grin.
# gratitude
I am grateful in whispers, I'm grateful out loud,
for one steady face in the rush of the crowd.
# joy
And joy is a window thrown open to sing,
you laugh, and the whole room is halfway to spring.
# hope
And hope's a small candle cupped safe in the hand,
it's enough for the next step, it's enough just to stand.
# nostalgia
There's a drawer full of photos, the edges worn round,
I hold up the years and I love what I've found.
# comfort
When the rain's at the window, come in from the cold,
there's an arm round your shoulder, a blanket to hold.
# pride
And my chest can't contain it, I'm ten feet tall,
so proud that I'd write it on every wall.
""")

WISHES = table("""
# faith
And every night I say a prayer
that grace goes with you everywhere.

May the Lord who made the morning blue
keep a gentle hand, dear {name}, over you.
# faith memorial
I lift a prayer into the air,
God keep you gently in His care.
# child
So clap your hands and stamp your feet,
and wiggle, giggle, keep the beat.

Let's spin around and touch the sky,
and blow a kiss to the moon on high.
# child memorial
I'll blow a kiss up to the moon,
and hum your favourite kind of tune.
""")

FILLERS = table("""
# loving
You don't need a spotlight, you don't need a crown,
you're the warm in the window when the sun's going down.
You listen like somebody holding a bird,
and you know what I mean before half of a word.

There are people like weather, they come and they go,
there are people like harbours, and somehow you know.
When the day is too heavy to carry alone,
you pick up one corner, and walk me home.
# friendly-fun
You laugh at the bad jokes, and that's how I know
you're the best kind of trouble wherever we go.
The world is too serious, too early, too long,
so take up a hairbrush and murder this song.
# formal
You lead without thunder, you give without show,
there's more in your footprints than most people know.
The quiet good morning, the door held wide,
the work made lighter with you on our side.
# memorial
The garden still opens, the kettle still sings,
I find you in ordinary, everyday things.
A word that you gave me, a way to be kind,
I reach for a coat and it's you that I find.
""")

BRIDGES = table("""
# loving
And if ever you wonder, on nights you can't sleep,
if you matter at all, here's a promise to keep:
I would cross every river, I'd knock at each door,
just to hear you say "come in", and stay a bit more.
# friendly-fun
And if ever they ask who the good people are,
I'll be shouting your name from the top of a car.
So here's to the nonsense, the fun and the fuss,
they don't make a lot of them quite like us.
# formal
And when they tell stories of how things are done,
they will tell of the many, and smile at the one
who remembers the people, who listens things through,
and we'll nod to each other, for that one is you.
# memorial
And grief is just love with its coat in its hand,
it waits by the door till I understand
that nothing so gentle could ever be through,
I carry it onward, I'm carrying you.
""")

CLOSINGS = table("""
# loving
It says "love from {sender}" at the foot of the page,
and the love in these words isn't going to age.

This comes from {sender}, with all that a heart can hold,
may you keep it in your pocket until we're very, very old.
# friendly-fun
It's signed off by {sender}, with a wink and a cheer,
and there's plenty more nonsense where this came from, my dear.
# formal
With warm thanks from {sender}, sincere and true,
the very best of days ahead to you.
# memorial
With love from {sender}, while the candle burns low,
the kindness you left me is all that I know.
""")

RHYMES = families("""
# ay
regret: and I'm sorry, more than I can say
message: and that's more than words can say
story: and it's here in all we are today
quality: like a lantern on a winter's day
quirk: and I'd have it no other way
grateful: there's a debt here I could never repay
activity: that's my favourite kind of day
memory: I can see it clear as day
place: never very far away
nick: all the ways your name can play
phrase: hold on to it along the way
loving: and I'd choose you any day
friendly-fun: somebody please shout hooray
formal: and it means so much today
# ight
regret: and I want to make it right
message: in the dark you're still the light
story: every page of it feels right
quality: you make heavy days feel light
quirk: and it makes me smile every night
grateful: you have turned the dark to bright
activity: I could do it every night
memory: I still keep it polished bright
place: with the windows all alight
nick: like a lamp left on at night
phrase: put that in your pocket, hold it tight
loving: and I hold it close at night
friendly-fun: and I laugh with all my might
formal: you have always done what's right
# oo
regret: and I'd like to start anew
message: and I've always known it's true
story: and it all leads back to you
quality: and there's no one quite like you
quirk: it's a thing that's only you
grateful: look how far it brought me through
activity: every hour seems brighter too
memory: and I smile the whole day through
place: with a sky of washed-out blue
nick: every one belongs to you
phrase: every word of it is true
loving: I'm so glad the world made you
friendly-fun: even trouble smiles with you
formal: all of us look up to you
# ow
regret: it's the thing I need you to know
message: and I hope by now you know
story: and we've still a way to go
quality: you leave light where'er you go
quirk: it's the dearest thing I know
grateful: there's a seed there, watch it grow
activity: time can take it nice and slow
memory: I can still feel all the glow
place: on the road that we both know
nick: and it makes my whole day glow
phrase: keep it near wherever you go
loving: and I'll never let you go
friendly-fun: on with the show, on with the show
formal: and we want the world to know
# ing
message: and you're half the songs I sing
story: and it taught my heart to sing
quality: yours is such a golden thing
quirk: and I wouldn't change a thing
grateful: it meant nearly everything
activity: simple days that make me sing
memory: and it makes the whole heart ring
place: hear the little church bells ring
nick: like a bell I love to ring
phrase: tie it to a kite-tail string
loving: and to me you're everything
friendly-fun: hand me something loud to ring
formal: that's the gift you always bring
# art
regret: and it's heavy on my heart
message: in my song, the leading part
story: every road here is a chart
quality: that's the light inside your heart
quirk: that's a little work of art
grateful: I have learned it all by heart
activity: put the world back on its cart
memory: and I know it all by heart
place: it's still written on my heart
nick: it's the oldest kind of art
phrase: have it written on your heart
loving: never very far apart
friendly-fun: making mischief from the start
formal: every day you play your part
# ine
message: and I'm proud to call you mine
story: every twist of it is fine
quality: like a window full of shine
quirk: it's as good as any sign
grateful: it's the thread in every line
activity: come in rain or come in shine
memory: I would keep it for all time
place: I can see the rooftops shine
nick: and I'm glad I call you mine
phrase: underline it, every line
loving: still your hand is warm in mine
friendly-fun: honestly, you're doing fine
formal: quietly you let us shine
# ound
message: you're the solid in the ground
story: it's the finest thing I've found
quality: there is better weather when you're around
quirk: it's my favourite thing I've found
grateful: you have turned my world around
activity: it's the best of days all round
memory: I can still call up the sound
place: every inch is holy ground
nick: how I love the way they sound
phrase: pass it on and pass it round
loving: what a blessing I have found
friendly-fun: there's no better fool around
formal: things go well when you're around
""")

MEMORIAL_RHYMES = families("""
# ay
message: and no night takes that away
story: and it lives in me today
quality: and I try to be that way
quirk: how I smile at it today
grateful: and I thank you every day
activity: I still keep a little of that day
memory: I can see it clear as day
place: where I feel you every day
nick: still the names I love to say
phrase: I still hear it every day
memorial: love has never gone away
# ight
message: and you're still my guiding light
story: every page still holds its light
quality: like a lamp left on at night
quirk: and I smile at it tonight
grateful: I still say it every night
activity: I would give the world for one more night
memory: I still keep it polished bright
place: with the windows all alight
nick: soft as snowfall in the night
phrase: I still say it every night
memorial: you're the star I find at night
# oo
message: and it's every bit still true
story: and it all leads back to you
quality: nobody did it quite like you
quirk: how I miss it, only you
grateful: it's still carrying me through
activity: how I'd love another few
memory: I still keep that piece of you
place: I still walk it, missing you
nick: every one still sounds like you
phrase: and I know it's always true
memorial: I go on, and so do you
# ow
message: and I hope somehow you know
story: and it's all the truth I know
quality: and it's with me as I go
quirk: it's the dearest thing I know
grateful: there's a seed there, watch it grow
activity: how I wish the clock went slow
memory: I can still feel all the glow
place: I still leave a lamp aglow
nick: and I whisper soft and low
phrase: and I take it where I go
memorial: you are everywhere I go
""")

STOCK = Stock(
    speech=EnglishSpeech(),
    openers=OPENERS,
    relations=RELATIONS,
    choruses=CHORUSES,
    titles=TITLES,
    feelings=FEELINGS,
    wishes=WISHES,
    fillers=FILLERS,
    bridges=BRIDGES,
    closings=CLOSINGS,
    rhymes=RHYMES,
    memorial_rhymes=MEMORIAL_RHYMES,
    addresses={
        "mum": "Mum",
        "dad": "Dad",
        "partner": "darling",
        "child": "sunshine",
        "friend": "my friend",
        "colleague": "my friend",
        "pet": "buddy",
        "team": "everyone",
        "other": "dear one",
    },
    my="my {}",
    intimate=("love", "loved", "loves", "kiss", "heart", "darling", "dearest", "mine", "hold", "blessing", "night"),
    grown_up=("wine", "kiss", "kisses", "murder", "trouble"),
    joints=("and", "but", "because", "when", "while", "where", "until", "since", "so", "before", "after", "even", "then"),
    weak_joints=("with", "in", "at", "on", "by", "for", "from", "to", "like", "who", "that", "as", "every", "over", "without"),
    themes={
        "birthday": "birthday",
        "wedding": "wedding day",
        "anniversary": "anniversary",
        "mothers-day": "Mother's Day",
        "fathers-day": "Father's Day",
        "valentines": "Valentine's Day",
        "engagement": "engagement",
        "new-baby": "new baby",
        "graduation": "graduation",
        "retirement": "retirement",
        "get-well": "get well soon",
        "in-memory": "in loving memory",
        "thank-you": "thank you",
        "thinking-of-you": "thinking of you",
        "missing-you": "missing you",
        "sorry": "an apology",
        "just-because": "just because",
        "new-home": "new home",
        "good-luck": "good luck",
        "merry-christmas": "merry Christmas",
        "happy-holidays": "happy holidays",
        "mistletoe-kisses": "mistletoe kisses",
        "christmas-love": "Christmas love",
        "christmas-wish": "a Christmas wish",
        "happy-new-year": "happy New Year",
        "new-years-wish": "a New Year's wish",
    },
    emotions={"love": "love", "romantic-love": "romantic love"},
    vibes={"loving": "loving", "friendly-fun": "friendly, fun", "formal": "gracious"},
    festive={
        "christmas-magic": "Santa and reindeer",
        "lightly-festive": "snow and twinkling lights",
        "winter-wonderland": "snowfall and firelight",
    },
    recipe={
        "who": "Song for {name}",
        "say": " (say {say})",
        "relation": "my {relation}",
        "theme": "{theme}",
        "emotion": "capturing {emotion}",
        "vibe": "{vibe} mood",
        "qualities": "celebrating {fact}",
        "story_summary": "telling of {fact}",
        "favorite_memory": "remembering {fact}",
        "overall_message": "who is {fact}",
        "characteristics": "smiling at {fact}",
        "grateful_for": "grateful for {fact}",
        "activities_together": "sharing {fact}",
        "location_details": "with {fact}",
        "short_phrase": "saying {fact}",
        "festive": "{fact}",
        "child": "child-friendly",
        "faith": "with faith",
        "sender": "from {sender}",
    },
    join="and",
    subjects=(
        "i",
        "you",
        "he",
        "she",
        "we",
        "they",
        "it",
        "when",
        "she's",
        "he's",
        "we're",
        "they're",
        "i'm",
        "you're",
    ),
)
