import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Asks OpenAI at its own address with one of Java's own clients, and prints what came of it as JSON. */
class Ask {
    public static void main(String[] args) {
        String said;
        try {
            var url = URI.create("https://api.openai.com/v1/models");
            int status = args[0].equals("java")
                ? HttpClient.newHttpClient().send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString()).statusCode()
                : ((HttpURLConnection) url.toURL().openConnection()).getResponseCode();
            said = "{\"answer\": \"status " + status + "\"}";
        } catch (Exception e) {
            said = "{\"error\": \"" + (e.getClass().getSimpleName() + ": " + e.getMessage()).replace("\"", "'") + "\"}";
        }
        System.out.println(said);
    }
}
