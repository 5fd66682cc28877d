package parse

import (
	"regexp"
	"strings"
)

// lineSet makes a table of the lines of a text.
func lineSet(text string) map[string]bool {
	set := make(map[string]bool)
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			set[line] = true
		}
	}
	return set
}

// furniture has lines that no article ends with.
var furniture = lineSet(`
	leave a reply
	leave a reply cancel reply
	cancel reply
	leave a comment
	leave a comment cancel reply
	post a comment
	post comment
	submit comment
	add a comment
	write a comment
	your email address will not be published
	required fields are marked
	save my name, email, and website in this browser for the next time i comment
	notify me of follow-up comments by email
	notify me of new posts by email
	notify me via e-mail if anyone answers my comment
	you must be logged in to post a comment
	you must log in to post a comment
	log in to leave a comment
	be the first to comment
	be the first to leave a comment
	no comments yet
	comments are closed
	learn how your comment data is processed
	share this
	share this article
	share this post
	share this story
	share this page
	share this entry
	share on facebook
	share on twitter
	share on x
	share on whatsapp
	share on linkedin
	share on telegram
	share on pinterest
	share via email
	copy link
	like this
	like loading
	subscribe to our newsletter
	sign up for our newsletter
	subscribe to the newsletter
	follow us on social media
	all rights reserved
	back to top
	skip to content
	accept all cookies
	reject all cookies
	cookie settings
	manage cookies
	cookie policy
	privacy policy
	terms of use
	terms of service
	terms and conditions
	deja una respuesta
	deja una respuesta cancelar la respuesta
	deja un comentario
	deja un comentario cancelar respuesta
	dejar un comentario
	dejar una respuesta
	cancelar la respuesta
	cancelar respuesta
	publicar un comentario
	publicar comentario
	publicar el comentario
	enviar comentario
	escribe un comentario
	tu dirección de correo electrónico no será publicada
	su dirección de correo electrónico no será publicada
	los campos obligatorios están marcados con
	los campos necesarios están marcados
	los campos requeridos están marcados
	guarda mi nombre, correo electrónico y web en este navegador para la próxima vez que comente
	guardar mi nombre, correo electrónico y web en este navegador para la próxima vez que comente
	recibir un correo electrónico con los siguientes comentarios a esta entrada
	recibir un correo electrónico con cada nueva entrada
	debes iniciar sesión para comentar
	debes iniciar sesión para publicar un comentario
	sé el primero en comentar
	no hay comentarios
	comentarios cerrados
	los comentarios están cerrados
	aprende cómo se procesan los datos de tus comentarios
	comparte esto
	comparte este artículo
	comparte esta nota
	comparte esta noticia
	comparte esta entrada
	compartir esta nota
	compartir esta noticia
	compartir este artículo
	compartir en facebook
	compartir en twitter
	compartir en x
	compartir en whatsapp
	compartir en telegram
	compartir en linkedin
	compartir por correo electrónico
	copiar enlace
	copiar link
	me gusta esto
	me gusta cargando
	suscríbete a nuestro boletín
	suscríbete al boletín
	suscríbete a nuestro newsletter
	síguenos en redes sociales
	síguenos en nuestras redes sociales
	todos los derechos reservados
	volver arriba
	saltar al contenido
	aceptar todas las cookies
	rechazar todas las cookies
	configuración de cookies
	configurar cookies
	política de cookies
	política de privacidad
	aviso de privacidad
	términos y condiciones
	términos de uso
`)

// furniturePatterns match lines of that kind that vary.
var furniturePatterns = regexp.MustCompile(`^(?:` + strings.Join([]string{
	`click to (share|email|print)\b.{0,80}`,
	`haz clic para (compartir|imprimir|enviar)\b.{0,80}`,
	`(this|our) (web)?site uses cookies\b.{0,200}`,
	`we use cookies (to|on|and)\b.{0,200}`,
	`by (continuing to (use|browse)|using) (this|our|the) (web)?site,? you (agree|accept|consent)` +
		`\b.{0,150}`,
	`(este|nuestro) sitio( web)? (utiliza|usa|emplea) cookies\b.{0,200}`,
	`(utilizamos|usamos) cookies (para|propias)\b.{0,200}`,
	`(si continúas|al continuar) (navegando|usando)\b.{0,150}`,
	`(like this|me gusta esto):? .{1,40}`,
	`this site uses akismet to reduce spam`,
	`este sitio usa akismet para reducir el spam`,
	`(copyright )?© ?(copyright )?(19|20)[0-9]{2}\b.{0,120}`,
	`copyright (©|\(c\))?.{0,3}(19|20)[0-9]{2}\b.{0,120}`,
	`powered by wordpress.{0,40}`,
	`(proudly powered|funciona) (by|con|gracias a) wordpress.{0,40}`,
	`[0-9]{1,5} (comments?|comentarios?|thoughts? on .{1,200})`,
}, "|") + `)$`)

// controls has lines that could be an article's last, but not beside the others.
var controls = lineSet(`
	comment
	comments
	name
	email
	e-mail
	email address
	website
	site
	reply
	share
	tweet
	tweets
	like
	print
	facebook
	twitter
	x
	x (twitter
	instagram
	linkedin
	pinterest
	reddit
	telegram
	tumblr
	whatsapp
	threads
	bluesky
	mastodon
	youtube
	tiktok
	rss
	more
	loading
	subscribe
	sign up
	log in
	login
	follow us
	advertisement
	previous
	next
	previous post
	next post
	previous article
	next article
	accept
	accept all
	decline
	ok
	comentario
	comentarios
	nombre
	correo
	correo electrónico
	correo-e
	web
	sitio web
	responder
	compartir
	comparte
	imprimir
	me gusta
	más
	cargando
	suscríbete
	suscribirse
	iniciar sesión
	síguenos
	publicidad
	anuncio
	anterior
	siguiente
	entrada anterior
	entrada siguiente
	artículo anterior
	artículo siguiente
	aceptar
	rechazar
`)

// teaserHeadings stand over links to other articles.
var teaserHeadings = lineSet(`
	related
	related posts
	related articles
	related stories
	related news
	related content
	you may also like
	you might also like
	you may also be interested in
	more stories
	more news
	more articles
	latest news
	latest posts
	recent posts
	most read
	most popular
	trending
	trending now
	read next
	read more
	read also
	recommended
	recommended for you
	relacionado
	relacionados
	relacionadas
	entradas relacionadas
	artículos relacionados
	notas relacionadas
	noticias relacionadas
	contenido relacionado
	te puede interesar
	te podría interesar
	también te puede interesar
	también te podría interesar
	quizás te interese
	más noticias
	más notas
	últimas noticias
	entradas recientes
	lo más leído
	lo más visto
	lee también
	leer más
	lee más
	recomendados
`)
