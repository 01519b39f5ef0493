"""The words by which the languages of customers are told apart, and the scripts of some of them.

Grammar words and what customers write about most: bills, parcels, passwords. Chosen by hand and
short on purpose: a word that two languages share counts half for each, and English, in which most
launches write, has the longest list, so that names and loan words do not outweigh it.
"""

import unicodedata

NAMES = {
    "ar": "Arabic",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "sv": "Swedish",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "zh": "Chinese",
}
"""What people call a language, by its ISO 639-1 code."""

SCRIPTS = {
    "CYRILLIC": "ru",
    "ARABIC": "ar",
    "DEVANAGARI": "hi",
    "HEBREW": "he",
    "GREEK": "el",
    "THAI": "th",
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "zh",
}
"""The language of a script, by the first word of its characters' Unicode names."""

TELLTALE = {"ru": ("іїєґ", "uk"), "ar": ("پچژگ", "fa")}
"""Letters that only another language of the same script has."""

LETTERS = {
    "de": "äöüß",
    "sv": "åäö",
    "da": "æøå",
    "fr": "àâçèéêëîïôùûœ",
    "es": "áéíñóúü",
    "it": "àèéìòù",
    "pt": "áâãçéêíóôõú",
    "pl": "ąćęłńóśźż",
    "tr": "çğıöşü",
    "cs": "áčďéěíňóřšťúůýž",
    "nl": "éëï",
}
"""Letters beyond a to z that a language uses every day."""

_WORDS = {
    "en": """
        a about account after again ai all already also always am an and any anymore anyone
        app are as ask at back bank be because been before being best bill billing bought
        but buy by call came can cannot can't card change charge charged check code come
        confirm contact cost could date day days delivery did didn't die different do does
        doesn't doing don't done each email error even every expected explain far few find
        first for found free from full get gets getting give go goes going gone good got had
        happen happened has have haven't having he hello help her here hi him his how i i'd
        i'm i've if in info instead into is isn't it it's its just keep know last later less
        let like link live log logged login long longer look lost make many may me mean
        message method missing money month more most much must my name need never new next
        no not nothing now number of off ok old on once one only open or order other our out
        over own paid page pay payment people phone please price problem put question reach
        really received refund renew said same say says see send sent set she should show
        since so some someone something soon start still stop such sure take tell than thank
        thanks that that's the their them then there these they thing think this those
        though three time to today told tomorrow too try trying turn two under until up
        update upgrade us use used using very wait want was way we week weeks well went were
        what what's when where where's which while who why will with without won't work
        working works would wrong year yes yet you you're your yours
        """,
    "de": """
        aber abgebucht abo alle als am an auch auf aus bei bekomme bestellt bestellung
        bezahlen bezahlt bin bis bitte brauche danke dann das dass dein dem den der des die
        dies diese diesen dieser doch du durch ein eine einem einen einer einloggen er erst
        es euch euer eure falsch fehler frage funktioniert für geht geld gibt gutschein
        guthaben habe haben hallo hat hatte hilfe hoch höher ich ihr ihre ihren im immer ist
        ja jetzt kann kein keine keinen klappt komme kommt konto kosten kostet können könnt
        kündigen liefern lieferung lässt man mehr mein meine meinem meinen meiner mich mir
        mit monat muss nach nicht nichts noch nur oder ohne passwort preis preise rechnung
        schon sehr seit sich sie sind so stornieren teurer um und uns unser viel vom von vor
        wann warum was weil wenn werden wie wieder wieso will wir wird wo wurde zahle zahlen
        zahlung zu zum zur zurück zweimal über ändern
        """,
    "fr": """
        abonnement acheter adresse ai ai-je annuler après argent as au aussi aux avant avec
        avez avoir bonjour ce cela ces cet cette chez client colis combien comme commande
        comment compte connecter connexion dans de depuis des deux dois donc du elle en
        encore est est-ce et eu facture faire fait fois ici il ils je jour jours la le les
        leur livraison ma mais me merci mes moi moins mois mon mot ne nom non nos notre nous
        nouveau nouvelle où on ou oui par paiement pas passe payer peut peux plus pour
        pourquoi pouvez prélevé prix problème puis puis-je quand que quel quelle quelqu'un
        qui quoi reçu rembourser remboursement rien s'il sa sans se ses si son sont suis sur
        ta te toujours tout tous trop tu un une va vais vos votre vous
        """,
    "es": """
        a acceder al algo antes aquí así ayuda banco cambiar cancelar cancelo cobrado
        cobraron cobro código como compra con contraseña correo cuando cuándo cuenta cuesta
        cuál cuánto cómo de del desde desea dinero donde dos dónde el ella en entrar envío
        error es esa ese eso esta estaba este esto está están estoy factura favor fue
        funciona gracias ha había hace hacer han hasta hay hola iniciar la las le les llega
        llegado llegó lo los me mes mi mis mucho muy más nada ni no nos nuestro nuevo nunca
        o pagar pago para pedido pero persona por porque precio problema puede puedo qué que
        quiere quiero quien sale se sea sesión ser si sido sin sobre son soy su subió
        suscripción sus sí también te tengo tiene todavía todo tu tus un una usted ver veces
        y ya yo él
        """,
    "it": """
        a abbonamento abbonarsi accedere addebitato addebito aiuto al alla anche ancora
        annullare avere bolletta buongiorno cambiare carta che chi ci ciao codice come con
        conto cosa così da dal dalla del della delle di disdire dov'è dove due e fare
        fattura fatto fino gli grazie ha hai hanno ho i il in io la le lei lo ma maggiore
        mese mi mia mie miei mio molto negozio nel nella nessuno niente noi non nostro nulla
        o ogni ordine pacco pagamento pagare pagato parlare per perché perche più poi posso
        prezzo prima problema può qual quale quando quanto quattro quello questa questo qui
        rimborso sbagliato scorso se sei senza si siete sono spedizione stato stata su
        subito sulla troppo tu tutto un una uno va vi voglio volte vorrei vostro è
        """,
    "pt": """
        a ainda ajuda alterar ao aos após aqui as assinatura até banco boleto bom cadê
        cancelar cartão chegou cobrado cobrança cobraram com como compra conta consigo
        conseguir da das de demais dinheiro do dois dos duas e ela ele em entrar entrega
        entregue era errado essa esse esta estava este estorno está estou eu fatura fazer
        foi funciona fui há isso já la mais mas me mesmo meu meus minha minhas muito na nada
        nas nem no nos nossa nosso nota não nós o obrigado obrigada olá onde os ou pagamento
        pagar paguei para pedido pela pelo pode podem porque por porquê posso preciso preço
        problema pra qual quando quanto que quem quero recebi reembolso se sem senha ser seu
        sim sobre sua suas subiu são também tem tenho tudo um uma vezes você vocês valor é
        """,
    "nl": """
        aan abonnement achternaam al alle als altijd annuleren bedrag bent bestellen
        bestelling betaald betaling betalen bij dan dank dat de deze dit door dus duurder
        een en er factuur ga gaat geen geld geleden goedemiddag graag haal had heb hebben
        hebt heeft helpen het hier hoe hoeveel hun iets ik in inloggen is ja jaar je jij
        jullie kan keer kosten krijg krijgen kunnen laatste maar maand mag meer meneer met
        mij mijn moet naar niet niets nieuwe nog nooit nu om onze ook op opzeggen of over
        pakket prijs rekening sinds sturen te terug toch toen tot twee u uit uw van vandaag
        veel verkeerd voor vraag waar waarom wachtwoord wanneer wat we weer wel werkt weet
        wie wij wil wijzigen worden wordt zat ze zijn zonder
        """,
    "pl": """
        abonament aby albo ale anulować bardzo bez blad było być błąd bo ceny cena chcę chce
        ci co coś czego czemu czy dla dlaczego do dobry dostałem dostałam dwa dziękuję dzień
        dzisiaj działa faktura faktury fakturę gdzie go hasło hasła i ich ile ja jak jaki
        jaka jakie jest jestem jeszcze już kiedy konta konto kto ktoś który która którego
        macie mam mi mnie moge mogę moja moje mojego mojej możecie może można mój na nad nie
        niż nic nowa nowy numer o od oraz paczka paczki pieniądze po pobrano pod podrożało
        pomocy poproszę potrzebuję proszę przed przez przesyłka płacę płatność rachunek razy
        się są subskrypcja subskrypcję ta tak tam te tego ten teraz to tym tylko u w wam was
        wyższa wyższy z za zamówienia zamówienie zapłaciłem zalogować zmienić znowu zwrot że
        """,
    "tr": """
        abonelik aboneliğimi acaba ama aldım artık artmış bana bay bekliyorum ben beni benim
        bir biri bu bunu böyle da daha değil değiştirmek değiştirebilirim diye en fatura
        faturam gelmedi geldi geliyor gibi giriş göre gün için iki ile iptal istiyorum kadar
        kargo kargom kez kere kim kod lütfen merhaba mi mı mu mü müsünüz mısınız nasıl ne
        neden nerede nereden niye niçin olarak oldu olur ödeme ödedim para parola param
        sadece sipariş siparişim siz sizin sonra sorun şifre şifremi tekrar teşekkürler ve
        var veya ya yanlış yapabilirim yardım yok yüksek yükseldi ücret çalışmıyor çekildi
        çok çünkü fiyat fiyatı hata hesap hesabım hesabımı hâlâ hala hesabıma
        """,
    "sv": """
        alla allt att av avbryta behöver beställning betala betalat betalning byta de den
        det detta din dyrare där efter eller en er ett faktura finns fick fungerar får för
        före från frågor fråga ger gå går göra ha hade han har hej hjälp hur här i igen
        ingen inget inne inte jag just kan kom konto kostar kostnad köp lösenord logga man
        med men mer mig min mina mitt mycket månad ni nu någon något när och om pengar pris
        priset på sig ska skulle som säga så tack till två under upp uppsägning ut utan var
        varför vart vi vill är ändra än
        """,
    "da": """
        af afbestille alle at bestilling betale betalt betaling blev bliver da de den der
        det dette dig din dyrere efter eller en er et faktura fik for fordi fra få får før
        gang gange gør have har hej hjælp hos hvad hvem hvis hvor hvordan hvorfor hvornår i
        igen ikke ind ingen jeg kan konto koster kun kunne log lige med meget men mig min
        mine mit måned nogen noget nu når og om op opsige os penge pris prisen på skal
        skifte som så tak til to trukket ud uden vi vil var virker ændre
        """,
    "cs": """
        ale ani bude byl byla být cena co dva dvakrát faktura hodně já jak je jeho jsem jsme
        jste jsou když kde kdy která které který máte mi mne mně moje můj na nebo nejde
        nemohu nemůžu není nic o od objednávka ode peníze platba po pro proč prosím před se
        si stržena ten to tu účet účtu už v vás více za zaplatil ze že
        """,
    # Hindi as many write it, in Latin letters.
    "hi": """
        aap aaya abhi apna bahut batao bhi hai hain hoga hua ho jaldi ka kab kahan kaise
        karna kar karo kaun ke ki kitna ko koi kripya kya kyon kyu kyun kyunki liye main
        mera mere meri mil mila mujhe nahi nahin paisa paise par raha rahe rahi se tak wapas
        yeh
        """,
}
LONG = 4  # letters from which a word is also known without its accents


def _plainly(word: str) -> str:
    """The word as it is typed in a hurry: "suscripcion", "uberspringen"."""
    letters = unicodedata.normalize("NFD", word.replace("ı", "i").replace("ł", "l"))
    return "".join(each for each in letters if not unicodedata.combining(each))


WORDS = {
    language: frozenset(words.split())
    | {_plainly(word) for word in words.split() if len(word) >= LONG}
    for language, words in _WORDS.items()
}
"""Everyday words by language, lower case, the longer ones with and without their accents."""

ELISIONS = {"l": ("fr", "it"), "d": ("fr",), "j": ("fr",), "c": ("fr",), "n": ("fr",)} | {
    "qu": ("fr",),
    "m": ("fr", "it"),
    "s": ("fr",),
    "t": ("fr",),
    "un": ("it",),
    "dell": ("it",),
    "all": ("it",),
    "nell": ("it",),
    "sull": ("it",),
}
"""What stands before an apostrophe that joins two words, with the languages that do so."""
