package lab.quote;

import java.io.Serializable;

public class Quote implements Serializable {
    private static final long serialVersionUID = 1L;
    private String symbol;
    private double price;

    public Quote() {
    }

    public Quote(String symbol, double price) {
        this.symbol = symbol;
        this.price = price;
    }

    public String getSymbol() {
        return symbol;
    }

    public void setSymbol(String symbol) {
        this.symbol = symbol;
    }

    public double getPrice() {
        return price;
    }

    public void setPrice(double price) {
        this.price = price;
    }
}
