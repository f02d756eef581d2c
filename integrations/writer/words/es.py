"""Spanish: the lines the lyricist may sing around the customer's own facts. No line tells the recipient's gender."""

from __future__ import annotations

from integrations.writer.words.es_speech import SpanishSpeech
from integrations.writer.words.stock import Stock, families, table

OPENERS = table("""
# birthday
Baja un poco la luz del salón,
que las velas alumbren esta canción.
# wedding
Que se calle la plaza, que empiece a sonar
la música lenta de echar a volar.
# anniversary
Las dos mismas tazas en el mismo lugar,
y aún tantas mañanas por estrenar.
# mothers-day
Hay flores que esperan detrás del cristal,
y un beso de esos que curan el mal.
# fathers-day
Hay café en la cocina y un rato de sol,
siéntate un momento, que empieza en mi bemol.
# valentines
Deja los platos, apaga la luz,
que esta noche la música la pones tú.
# engagement
Hay un sí en el aire, hay un sí de verdad,
y repican campanas por la ciudad.
# new-baby
De puntillas, despacio, que empieza a soñar
lo más pequeñito de todo el hogar.
# graduation
Lanza el birrete hasta el cielo azul,
que hoy lo que brilla, lo que brilla eres tú.
# retirement
Cuelga la chaqueta, despídete ya,
que el sol de la tarde te espera al pasar.
# get-well
Ya llama la aurora detrás del cristal,
que tras de la lluvia se aclara el umbral.
# in-memory
Hay una silla al lado de la luz,
y un hueco en la tarde que solo eres tú.
# thank-you
Tenía un discurso, lo quise escribir,
rompí veinte hojas sin saber qué decir.
# thinking-of-you
La tarde está gris y el café sin servir,
y de pronto tu risa me vino a decir.
# missing-you
Hay una taza que espera en el mantel,
y un hueco en la tarde que sabe a papel.
# sorry
Di vueltas y vueltas sin atreverme a llamar,
con tantas palabras por ordenar.
# just-because
No hay fecha en la agenda, no hay nada especial,
es solo una tarde de luz normal.
# new-home
Cajas abiertas y olor a pintar,
la llave primera que empieza a girar.
# good-luck
Átate fuerte los cordones ya,
que al otro lado la puerta está.
# merry-christmas
Suenan villancicos debajo del balcón,
y huele a canela la habitación.
# happy-holidays
Papeles y lazos por todo el salón,
que empiece la fiesta, que suba el son.
# mistletoe-kisses
Hay un ramo verde colgado ahí,
¿quién lo habrá puesto encima de ti?
# christmas-love
Solo quedan las luces del árbol brillar,
y afuera la nieve se pone a soñar.
# christmas-wish
Escribo una carta con tinta y con luz,
y en todos los ruegos apareces tú.
# happy-new-year
Cuenta conmigo, que va a comenzar
un año entero por estrenar.
# new-years-wish
La medianoche se apoya en el cristal,
y el año viejo se va sin hacer mal.
# any
Hay una canción que te quiero contar,
de esas que encuentran su propio lugar.
# level christmas-magic
Campanas y renos encima del tejado,
y Papá Noel con el saco cargado.
# level lightly-festive
Un poco de nieve, la calle encendida,
y luces pequeñas que cosen la vida.
# level winter-wonderland
La nieve ha dejado la calle dormida,
y junto a la lumbre se enciende la vida.
""")

RELATIONS = table("""
# mum
{name}, {my}, la luz del pasillo,
la mano que vuelve mi mundo sencillo.
# dad
{name}, {my}, mi puerto y mi faro,
abrigo en los hombros y siempre mi amparo.
# partner
{name}, {my}, mitad de mi plan,
la casa a la que mis pasos van.
# child
{name}, {my}, mi cielo al amanecer,
no hay nada más bello que verte crecer.
# friend
{name}, {my}, la voz que al llamar
convierte cualquier día en fiesta y en mar.
# grandparent
{name}, {my}, raíz de mi casa,
tu abrazo se queda aunque el tiempo pasa.
# sibling
{name}, {my}, la misma canción,
la misma manera de dar la razón.
# colleague
{name}, {my}, la calma al trabajar,
contigo los lunes se dejan llevar.
# pet
{name}, {my}, mirada de miel,
me esperas y el mundo se cura por él.
# team
{name}, {my}, remando a la par,
con gente así de grande no hay que temblar.
# other
{name}, {my}, te quiero contar
lo que una canción te puede llevar.
# formal
{name}, {my}, queremos contar
lo que una canción te puede llevar.
# memorial
{name}, {my}, te vuelvo a nombrar,
y se enciende una vela que no ha de apagar.
""")


CHORUSES = table("""
# birthday
Sopla las velas, {name}, despacio, sin prisa,
que el mundo estrenó este día tu risa.
Que suene la calle, que empiece a girar,
hoy todo es tu fiesta, {name}, a celebrar.
# wedding
Levanten las copas, {name}, que es hoy,
que digan las manos: contigo me voy.
Que venga la lluvia, que venga el azul,
dos voces, {name}, y una misma luz.
# anniversary
Y yo te elegiría, {name}, una vez más,
la misma ventana, la misma paz,
el día de lluvia, el día de sol,
contigo, {name}, todo suena mejor.
# mothers-day
Para ti, {name}, por tanto y por más,
por esa ventana que alumbra detrás.
Si amar es un huerto, te doy la estación,
y en ella, {name}, va mi corazón.
# fathers-day
Para ti, {name}, que sabes estar,
con manos tranquilas y ganas de andar.
No pides medallas, no pides canción,
por eso, {name}, te doy el corazón.
# valentines
Quédate, {name}, que se apaga el salón,
que ya no hay más luna que este balcón.
No quiero las flores, no quiero el collar,
tu abrigo y mi abrigo, {name}, y bailar.
# engagement
Dijiste que sí, {name}, y el cielo tembló,
y hasta la campana del barrio sonó.
Que vengan los días, que empiece a contar,
te queda, {name}, tan bien el soñar.
# new-baby
Bienvenida sea, {name}, tanta luz,
tan corta la manta, tan grande el azul.
Que duerma la calle, que baje la voz,
la luna, {name}, te canta a media voz.
# graduation
Mírate, {name}, con el mundo a los pies,
lo hiciste, lo hiciste, mira lo que ves.
Escucha el aplauso, se escucha hasta el mar,
mañana, {name}, te viene a buscar.
# retirement
Brindemos, {name}, que empieza el lugar
donde los relojes se pueden callar.
Se abre el camino, se quita el disfraz,
y lo mejor, {name}, empieza quizás.
# get-well
Descansa ya, {name}, déjate cuidar,
que al fondo del cuarto comienza a clarear.
Un paso y un paso, sin más que sanar,
te espera, {name}, la orilla del mar.
# in-memory
Te canto, {name}, cuando baja el sol,
tu sitio en la mesa conserva el calor.
Estás en la brisa, estás en la luz,
y en todo lo bueno, {name}, estás tú.
# thank-you
Gracias, {name}, gracias, de corazón,
hay todo un camino en esta canción.
Si un canto pudiera tu mano estrechar,
yo, {name}, no sabría soltar.
# thinking-of-you
Pensando en ti, {name}, sin más, porque sí,
por una ventana, un tren que vi.
No hay fecha ni excusa, no hay nada especial,
tan solo, {name}, quererte abrazar.
# missing-you
Te extraño, {name}, te extraño al andar,
las calles del mapa te quieren nombrar.
La luz de la puerta la voy a dejar,
por si una noche, {name}, quieres llegar.
# sorry
Perdóname, {name}, sin pero y sin más,
aquí en la escalera me quedo en paz.
Si dejas la luz, yo sabré caminar,
perdóname, {name}, te quiero escuchar.
# just-because
Sin más motivo, {name}, que un día de sol,
sin más ceremonia que esta canción.
Me dijo la tarde: ve y dile la verdad,
que el mundo, {name}, contigo es hogar.
# new-home
Que pase la risa, {name}, que pase la luz,
que todas las llaves las tengas tú.
Que hierva el puchero, que cante el portal,
que nunca, {name}, te falte un lugar.
# good-luck
Adelante, {name}, que el viento va a favor,
que al fondo del túnel ya asoma el color.
Aquí está tu gente, te va a acompañar,
adelante, {name}, que vas a llegar.
# merry-christmas
Feliz Navidad, {name}, que suene el hogar,
que todas las luces te vean brillar.
Hay sitio en la mesa, hay pan y turrón,
feliz Navidad, {name}, de corazón.
# happy-holidays
Felices fiestas, {name}, que empiece a sonar
la risa que nadie nos puede callar.
Hay sitio en la mesa y en cada canción,
felices fiestas, {name}, de corazón.
# mistletoe-kisses
Ven aquí, {name}, que el muérdago está
fingiendo que nadie lo quiso colgar.
Un beso de invierno, y otro al azar,
y luego, {name}, volver a empezar.
# christmas-love
Quiero, {name}, tan solo esta luz,
un árbol encendido, tu mano y tú.
Que nieve en la plaza, que cante el portal,
tú eres, {name}, toda mi Navidad.
# christmas-wish
Te pido, {name}, un lazo y la paz,
y que este diciembre te abrace un poco más.
Que sea serena la noche al final,
que es tuya, {name}, esta Navidad.
# happy-new-year
Feliz año nuevo, {name}, a brindar,
que todos los sueños se pongan a andar.
Se acaba la cuenta, se enciende el azul,
y lo mejor, {name}, lo traes tú.
# new-years-wish
Al filo del año, {name}, te quiero desear
caminos amables y luz al andar,
un sueño cumplido, la puerta sin cerrar,
y todo lo que das, {name}, vuelva a llegar.
# any
Para ti, {name}, tan simple y tan fiel,
un canto que cabe en un trozo de papel.
Busqué las palabras por todo el lugar,
y fue con tu nombre, {name}, echarse a cantar.
# formal
Brindemos, {name}, con esta canción,
por tanta paciencia, por tanta atención.
Que el viento acompañe, que el sol al pasar
te traiga, {name}, lo que sabes dar.
""")


TITLES = table("""
# birthday
Sopla las velas, {name}
# wedding
Una misma luz
# anniversary
Una vez más, {name}
# mothers-day
La ventana encendida, {name}
# fathers-day
Manos tranquilas, {name}
# valentines
Quédate, {name}
# engagement
Dijiste que sí, {name}
# new-baby
Tanta luz, {name}
# graduation
Mírate, {name}
# retirement
Se abre el camino, {name}
# get-well
Descansa ya, {name}
# in-memory
En todo lo bueno, {name}
# thank-you
Gracias, {name}
# thinking-of-you
Pensando en ti, {name}
# missing-you
Te extraño, {name}
# sorry
Perdóname, {name}
# just-because
Porque sí, {name}
# new-home
Que pase la luz, {name}
# good-luck
Adelante, {name}
# merry-christmas
Feliz Navidad, {name}
# happy-holidays
Felices fiestas, {name}
# mistletoe-kisses
Ven aquí, {name}
# christmas-love
Toda mi Navidad, {name}
# christmas-wish
Un lazo y la paz, {name}
# happy-new-year
Feliz año nuevo, {name}
# new-years-wish
Al filo del año, {name}
# any
Una canción para {name}
""")

FEELINGS = table("""
# love
El amor es un plato que espera al llegar,
es dejar una luz sin mandar apagar.
# romantic-love
Y mi pecho conoce tu paso al subir,
no hay cuarto que quiera si no estás ahí.
# romantic-love memorial
Y mi pecho conoce tu paso al subir,
no hay cuarto en la casa que no hable de ti.
# gratitude
Doy gracias bajito, doy gracias sin voz,
por quien se detiene en un mundo veloz.
# joy
La risa es ventana que se abre de par en par,
y toda la casa se pone a bailar.
# hope
La esperanza es un fósforo en mitad de la mano,
alumbra un pasito, y el otro, temprano.
# nostalgia
Hay fotos guardadas en cada cajón,
las miro y me late más hondo el reloj.
# comfort
Si llueve en la calle, acércate aquí,
hay manta y hay fuego, hay sitio para ti.
# pride
No cabe en el pecho, lo voy a gritar,
por todas las plazas, al borde del mar.
""")

WISHES = table("""
# faith
Y rezo despacio al anochecer,
que Dios te acompañe al amanecer.
# child
Da una palmada, da un salto y un giro,
que suba a la luna la risa y suspiro.
""")

FILLERS = table("""
# loving
No pides aplausos, no pides honor,
enciendes la tarde sin hacer rumor.
Escuchas callando, con todo el calor,
y el peso del día se vuelve menor.
# friendly-fun
Te ríes del chiste que nadie entendió,
y salvas la fiesta que se terminó.
El mundo va serio, va tarde y va mal,
contigo hasta el lunes parece un carnaval.
# formal
Llevas la calma, no buscas brillar,
y dejas la puerta abierta al pasar.
Un buenos días de verdad al llegar,
y todo el trabajo se deja llevar.
# memorial
Florece la tarde detrás del jardín,
te encuentro en las cosas que no tienen fin.
Un modo de hablar, de cuidar, de querer,
que llevo conmigo al anochecer.
""")


BRIDGES = table("""
# loving
Y si alguna noche no puedes dormir,
y dudas si importas, te voy a decir:
cruzaría los ríos, llamaría al portal,
por verte un momento, por oírte hablar.
# friendly-fun
Y si alguien pregunta quién hace reír,
tu nombre en la plaza me van a oír.
Por todas las bromas que están por llegar,
y todas las veces de volver a empezar.
# formal
Y cuando se cuente cómo se debe obrar,
habrá una sonrisa y habrá que callar,
pensando en quien sabe mirar y atender,
en quien con su ejemplo nos hace creer.
# memorial
Y el duelo es amor con abrigo y sin voz,
que espera en la puerta sin decir adiós.
Lo que fue tan tierno no puede acabar,
lo llevo en las manos, lo vuelvo a cantar.
""")

CLOSINGS = table("""
# loving
Con todo el cariño, de {sender}, al final,
que nada en el mundo lo pueda borrar.
# friendly-fun
Lo firma {sender}, riendo al final,
y queda canción para otro carnaval.
# formal
Con todo respeto, de {sender}, al brindar,
que el mejor camino esté por llegar.
# memorial
Te canta {sender}, con vela y con flor,
y nada se apaga donde hubo amor.
""")


RHYMES = families("""
# ar
regret: y lo quisiera reparar
message: y no hay otra forma de hablar
story: y aún hay capítulos por contar
quality: como faro a la orilla del mar
quirk: y que nadie lo quiera cambiar
grateful: no me alcanza la voz al cantar
activity: ojalá no se fuera a acabar
memory: no lo pienso jamás olvidar
place: allí el alma se va a descansar
nick: qué bonito es poderte llamar
phrase: guárdalo donde puedas mirar
loving: y te vuelvo otra vez a abrazar
friendly-fun: y que nadie nos mande callar
formal: y lo queremos hoy celebrar
# on
regret: y te pido hoy perdón
message: te lo digo en esta canción
story: y late en cada habitación
quality: así suena tu corazón
quirk: y me alegra toda la estación
grateful: lo guardo como un medallón
activity: la vida en su mejor versión
memory: y vuelve siempre la emoción
place: que huele a sol en el balcón
nick: y cada nombre es una canción
phrase: apréndelo como oración
loving: contigo late el corazón
friendly-fun: y que se entere hasta el salón
formal: con toda nuestra admiración
# ia
regret: y me pesa todavía
message: y lo digo con alegría
story: y nos acompaña todavía
quality: una lámpara en pleno día
quirk: y sin eso, ¿qué sería?
grateful: sin tu mano no sé qué haría
activity: y se nos va volando el día
memory: y me sonrío todavía
place: y se oye allí la melodía
nick: y es pura música, alma mía
phrase: que te acompañe cada día
loving: lo mejor es tu compañía
friendly-fun: con un poquito de osadía
formal: qué gran honor tu compañía
# or
regret: y quiero hacerlo mejor
message: y lo canto con todo el calor
story: y cada página es mejor
quality: y todo brilla a tu alrededor
quirk: y al recordarlo todo va mejor
grateful: y en mí florece como una flor
activity: no hay en el mundo un plan mejor
memory: lo guardo vivo, a todo color
place: donde la tarde da su calor
nick: y cada letra me da calor
phrase: que te lo cante el despertador
loving: te lo devuelvo hecho de amor
friendly-fun: que suene fuerte nuestro tambor
formal: y celebrarlo es un honor
# ida
message: lo digo con el alma encendida
story: la historia mejor de la vida
quality: no hay otra luz tan encendida
quirk: la cosa más linda de la vida
grateful: gratitud que no tiene medida
activity: así quiero yo la vida
memory: la llevo siempre encendida
place: donde nos da la bienvenida
nick: lo diré toda la vida
phrase: llévalo siempre en la vida
loving: para toda la vida
friendly-fun: brindemos por la vida
formal: y es gratitud bien merecida
""")

MEMORIAL_RHYMES = families("""
# ar
message: y nada lo puede borrar
story: y aún la quiero contar
quality: como un faro a la orilla del mar
quirk: y sonrío al volverlo a pensar
grateful: no me alcanza la voz al cantar
activity: cuánto diera por volver a empezar
memory: no lo pienso jamás olvidar
place: allí te vuelvo a encontrar
nick: así te vuelvo a nombrar
phrase: y aún me ayuda a caminar
memorial: y tu luz no se va a apagar
# on
message: te lo digo en esta canción
story: y late en cada habitación
quality: así suena tu corazón
quirk: y sonríe mi corazón
grateful: lo guardo como un medallón
activity: vive en cada estación
memory: y vuelve siempre la emoción
place: que guarda tu voz en cada rincón
nick: y cada nombre es una canción
phrase: la repito como oración
memorial: y sigues en mi corazón
# ia
message: y así te siento todavía
story: y nos acompaña todavía
quality: y es la lámpara que nos guía
quirk: y me sonrío todavía
grateful: y te doy gracias cada día
activity: qué no daría por otro día
memory: y la tengo viva, noche y día
place: y allí se escucha tu melodía
nick: y te lo digo todavía
phrase: y me acompaña cada día
memorial: tu amor es mi compañía
""")

STOCK = Stock(
    speech=SpanishSpeech(),
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
        "mum": "Mamá",
        "dad": "Papá",
        "partner": "mi vida",
        "child": "mi cielo",
        "friend": "gran amistad",
        "pet": "fiel amistad",
        "team": "gente querida",
        "other": "alma buena",
    },
    my="mi {}",
    intimate=("amor", "beso", "corazón", "cariño", "te quiero", "alma mía", "abrazar", "vida"),
    grown_up=("beso",),
    joints=("y", "e", "pero", "porque", "cuando", "mientras", "donde", "hasta", "desde", "así", "aunque", "que"),
    weak_joints=("con", "en", "a", "de", "por", "para", "sin", "como", "al", "sobre", "entre", "cada"),
    themes={
        "birthday": "cumpleaños",
        "wedding": "boda",
        "anniversary": "aniversario",
        "mothers-day": "Día de la Madre",
        "fathers-day": "Día del Padre",
        "valentines": "San Valentín",
        "engagement": "compromiso",
        "new-baby": "nacimiento",
        "graduation": "graduación",
        "retirement": "jubilación",
        "get-well": "que te mejores",
        "in-memory": "en recuerdo",
        "thank-you": "gracias",
        "thinking-of-you": "pensando en ti",
        "missing-you": "te extraño",
        "sorry": "una disculpa",
        "just-because": "porque sí",
        "new-home": "casa nueva",
        "good-luck": "buena suerte",
        "merry-christmas": "feliz Navidad",
        "happy-holidays": "felices fiestas",
        "mistletoe-kisses": "besos bajo el muérdago",
        "christmas-love": "amor de Navidad",
        "christmas-wish": "deseo de Navidad",
        "happy-new-year": "feliz año nuevo",
        "new-years-wish": "deseo de Año Nuevo",
    },
    emotions={
        "love": "amor",
        "romantic-love": "amor de pareja",
        "gratitude": "gratitud",
        "joy": "alegría",
        "hope": "esperanza",
        "nostalgia": "nostalgia",
        "comfort": "consuelo",
        "pride": "orgullo",
    },
    vibes={"loving": "con cariño", "friendly-fun": "con humor", "formal": "con respeto"},
    festive={
        "christmas-magic": "Papá Noel y renos",
        "lightly-festive": "nieve y lucecitas",
        "winter-wonderland": "nieve y chimenea",
    },
    recipe={
        "who": "Canción para {name}",
        "say": " (se dice {say})",
        "relation": "mi {relation}",
        "theme": "{theme}",
        "emotion": "llena de {emotion}",
        "vibe": "{vibe}",
        "qualities": "celebra: {fact}",
        "story_summary": "cuenta: {fact}",
        "favorite_memory": "recuerda: {fact}",
        "overall_message": "es {fact}",
        "characteristics": "sonríe con: {fact}",
        "grateful_for": "agradece: {fact}",
        "activities_together": "juntos: {fact}",
        "location_details": "lugares: {fact}",
        "short_phrase": "dice: {fact}",
        "festive": "{fact}",
        "child": "para niños",
        "faith": "con fe",
        "sender": "de {sender}",
    },
    join="y",
    subjects=(
        "yo",
        "tú",
        "él",
        "ella",
        "nosotros",
        "ellos",
        "nos",
        "me",
        "te",
        "se",
        "cuando",
        "siempre",
        "nunca",
        "no",
        "hay",
        "es",
        "somos",
        "fue",
        "era",
    ),
)
