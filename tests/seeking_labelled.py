"""Contacts labelled by hand: R seeks reassurance, I seeks information, P reports a problem.

Written before any rule was. Every second line was looked at while rules were written; the figure
is that of the others.
"""

LINES = """\
R Is this expected?
R is it normal that my price went up
R Am I the only one seeing this?
R Should I be worried about the new login screen?
R I just want to make sure my data is still there
R Is it safe to continue with my order?
R Will I lose my old invoices after the switch?
R Did I do something wrong? The page looks different
R Hi, got a mail about new terms, is this really from you?
R Is the new site legit or is it phishing
R my bill says 14.90 instead of 9.90, is that correct?
R Can you confirm that my order went through?
R Is everything ok with my account? I saw a notice
R I was charged twice, is that supposed to happen?
R Is that a bug or is it meant to be like this
R Does everyone have this new menu now?
R Please tell me my photos are not gone
R Can I still trust the old link in my bookmarks?
R Just checking that my subscription did not get cancelled
R It asked me to sign in again. Is that ok?
R Do I need to do anything before Monday?
R do i have to do something or does it happen automatically
R Is it fine to ignore the message about the migration?
R Are you aware that the total is shown in dollars now?
R Is this a scam? Someone says my plan has new prices
R The balance shows zero, I hope nothing is lost
R Can somebody reassure me that my card data was not moved
R Why do I see someone else's logo, was I hacked?
R Is it supposed to take this long?
R am i doing this right
R Are other people getting the same e-mail?
R Is my money safe during the changeover?
R I see two invoices for March, should I be concerned
R Has my payment been received? the page just went white
R Is it intentional that the export button moved?
R I guess this is because of the update, right?
R Nothing to worry about with the certificate warning?
R So the higher price is correct, yes?
R Is it okay if I keep using the old app for now
R Will my settings survive the update?
R Are my orders affected by this?
R Does this change affect me?
R Will I be charged again?
R can I go on working or will something break
R Was that mail with the confirmation code really you?
R Is the thing with the two-step login planned?
R my colleague sees the old prices and I see new ones, is this by design?
R Are my saved cards still valid after the move
R Everything looks different today... did you change something on purpose?
R Please confirm I won't be billed for both plans
R Ist das normal, dass ich mich neu anmelden muss?
R Muss ich mir Sorgen machen wegen der neuen Preise?
R ¿Es normal que el precio haya cambiado?
R Est-ce normal que mon abonnement coûte plus cher ?
R Kann ich sicher weiterarbeiten?
R Bin ich der Einzige mit diesem Problem?
R Hab ich etwas falsch gemacht?
R I don't want to click on anything before I know it's okay
R not sure if this is right but my name is spelled differently now
R Could this be a mistake? The discount is gone
R I thought my contract had a fixed price?!
R is it only me or is the page blue now
R Is it too late to keep my old plan or have I missed it?
R Have I lost my loyalty points?
I How do I export my data?
I Where do I find my invoices now?
I What does the new plan cost?
I When does the migration start?
I Which browsers do you support?
I How can I change my delivery address
I where is the download button
I What is the difference between Basic and Plus?
I Can I pay by bank transfer?
I How long are invoices kept?
I Do you ship to Norway
I what are your opening hours
I How do I add a second user to my team?
I Can I switch back to monthly billing?
I Who do I contact about a partnership?
I Is there an app for Android?
I tell me how to cancel
I how to reset my password
I What happens on 1 June?
I Which date will I be billed on?
I Can I get a copy of my contract?
I Is there a discount for students?
I Where can I read the new terms?
I how many users are included in the team plan
I I want to upgrade, how does it work?
I Do you have an API for orders?
I What time is the maintenance window?
I how do I turn on two-factor sign-in
I I moved to another street, where do I change it
I Can you send me the price list
I Why did the price change?
I Why do I have to sign in with a link now?
I How do I get the link again?
I Is VAT included in the price?
I Can I keep my user name
I where did the settings menu go
I How do I tell the app to use the metric system?
I Does the new plan include support by phone?
I Looking for the form to claim a refund
I Can I import contacts from a CSV file
I How much storage do I have?
I What's new in this version?
I Could you explain the new fee on my invoice
I which e-mail address should I write to for invoices
I Do I get a receipt by mail?
I When will the next update be?
I Wie kündige ich mein Abo?
I Wo finde ich meine Rechnungen?
I ¿Cómo cambio mi contraseña?
I Comment exporter mes données ?
I Wann beginnt die Umstellung?
I Need instructions for the new scanner
I can the report be grouped by month
I hello, what is the phone number of support
I How do I know which plan I am on?
I I would like to know the steps for moving my domain
I Do penguins have knees?
I Are there training videos?
P I cannot log in
P The page shows error 500
P The sign-in link never arrived
P I am locked out of my account
P My card was charged twice
P The export is broken since yesterday
P nothing happens when I click pay
P The app crashes on start
P payment failed three times
P my orders are missing
P It doesn't work
P I get "access denied" when I open the report
P The checkout hangs at step two
P password reset mail is not coming
P The dashboard is extremely slow today
P I keep getting logged out
P Your new page does not load in Firefox
P My discount code is not accepted
P wrong amount on my invoice
P The printer no longer prints labels after the update
P can't upload files any more
P Search returns no results at all
P I lost access to the team workspace
P Buttons overlap on my phone
P the total is wrong, it adds shipping twice
P I have been waiting for my refund for three weeks and nobody answers
P upload stuck at 99%
P the calendar sync stopped working
P Error: token expired
P All my contacts disappeared
P your update deleted my templates
P I never received my order
P Two-factor code is always rejected
P Das Passwort wird nicht akzeptiert
P Die Seite lädt nicht
P Je ne peux pas me connecter
P No puedo entrar en mi cuenta
P Zahlung fehlgeschlagen
P The machine makes a strange noise and leaks
P white screen after sign in
P Video freezes every ten seconds
P My invoice has someone else's address on it
P the link in your mail leads to a 404
P I am unable to save my profile
P it says my account does not exist
P Sound is gone since the update
P The new keypad ignores every second press
P Import aborted at line 17
"""

LABELLED = [tuple(line.split(" ", 1)) for line in LINES.splitlines()]
LOOKED_AT, UNSEEN = LABELLED[::2], LABELLED[1::2]
